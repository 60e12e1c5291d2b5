package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.codec.BodyDecoder;
import dev.kvorum.apiserver.codec.CodecException;
import dev.kvorum.apiserver.codec.Decoded;
import dev.kvorum.apiserver.codec.FieldValidation;
import dev.kvorum.apiserver.codec.MediaType;
import dev.kvorum.apiserver.codec.Negotiation;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.json.JsonReader;
import dev.kvorum.apiserver.json.JsonSyntaxException;
import dev.kvorum.apiserver.patch.JsonPatch;
import dev.kvorum.apiserver.patch.PatchException;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.registry.DeleteOptions;
import dev.kvorum.apiserver.registry.Patch;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.yaml.YamlException;
import dev.kvorum.apiserver.yaml.YamlReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the bodies of requests. For all threads. */
final class Bodies {
  private static final List<MediaType> BUILT_IN =
      List.of(MediaType.JSON, MediaType.YAML, MediaType.PROTOBUF);
  private static final List<MediaType> CUSTOM = List.of(MediaType.JSON, MediaType.YAML);

  private static final String JSON_PATCH = "application/json-patch+json";
  private static final String MERGE_PATCH = "application/merge-patch+json";
  private static final String STRATEGIC_PATCH = "application/strategic-merge-patch+json";
  private static final String APPLY_PATCH = "application/apply-patch+yaml";
  private static final int MAX_OPERATIONS = 10_000;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final BodyDecoder decoder;

  Bodies(BodyDecoder decoder) {
    this.decoder = decoder;
  }

  /** An object that a client wants stored, regular. */
  ObjectNode read(
      HttpRequest request, Resource resource, FieldValidation validation, Change change) {
    GroupVersionKind kind = resource.kind();
    try {
      MediaType type = Negotiation.ofBody(
          request.headers().first("Content-Type"), resource.custom() ? CUSTOM : BUILT_IN);
      Decoded decoded = decoder.decode(request.body(), type, kind);
      List<String> strict = new ArrayList<>(decoded.strictErrors());
      ObjectNode regular = resource.form().complete(decoded.object(), strict::add);
      validation.check(new Decoded(regular, strict), kind).forEach(change::warn);
      return regular;
    } catch (CodecException e) {
      throw new StatusException(e.status());
    }
  }

  /** How a deletion is meant: as the body says, or, if there is none, the query. */
  DeleteOptions deleteOptions(HttpRequest request) {
    if (request.body().length == 0) {
      return Parameters.delete(request.query());
    }
    try {
      MediaType type = Negotiation.ofBody(request.headers().first("Content-Type"), BUILT_IN);
      return DeleteOptions.of(decoder.decodeDeleteOptions(request.body(), type).object());
    } catch (CodecException e) {
      throw new StatusException(e.status());
    }
  }

  /** An object of a kind that a subresource takes. */
  ObjectNode read(HttpRequest request, GroupVersionKind kind) {
    try {
      MediaType type = Negotiation.ofBody(request.headers().first("Content-Type"), BUILT_IN);
      return decoder.decode(request.body(), type, kind).object();
    } catch (CodecException e) {
      throw new StatusException(e.status());
    }
  }

  /** How a client wants an object changed. */
  Patch patch(HttpRequest request, Resource resource, Parameters.Write write) {
    String type = mediaType(request.headers().first("Content-Type"));
    List<String> known = resource.custom()
        ? List.of(JSON_PATCH, MERGE_PATCH, APPLY_PATCH)
        : List.of(JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH);
    if (!known.contains(type)) {
      throw new StatusException(
          resource.custom() ? Status.unsupportedMediaType(known) : Status.unknownMediaType());
    }
    boolean applies = type.equals(APPLY_PATCH);
    checkOptions(write, applies);
    return switch (type) {
      case JSON_PATCH -> new Patch.Operations(operations(request.body()));
      case MERGE_PATCH -> new Patch.Merge(object(json(request.body())));
      case STRATEGIC_PATCH -> new Patch.Strategic(object(json(request.body())));
      default -> apply(request, write);
    };
  }

  private static String mediaType(@Nullable String header) {
    return header == null ? "" : header.split(";", -1)[0].strip();
  }

  private static void checkOptions(Parameters.Write write, boolean applies) {
    List<FieldError> errors = new ArrayList<>();
    if (applies && write.manager().isEmpty()) {
      errors.add(FieldError.required("fieldManager", "is required for apply patch"));
    }
    if (!applies && write.force() != null) {
      errors.add(FieldError.forbidden("force", "may not be specified for non-apply patch"));
    }
    if (!errors.isEmpty()) {
      throw new StatusException(Status.invalid(Parameters.options("PatchOptions"), "", errors));
    }
  }

  private static JsonPatch operations(byte[] body) {
    JsonNode tree = json(body);
    if (!tree.isArray()) {
      throw new StatusException(Status.badRequest("error decoding patch: json: cannot unmarshal "
          + kindOf(tree) + " into Go value of type []handlers.jsonPatchOp"));
    }
    try {
      JsonPatch patch = JsonPatch.decode(tree);
      if (patch.operations().size() > MAX_OPERATIONS) {
        throw new StatusException(
            Status.tooLarge("The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS
                + ", got " + patch.operations().size()));
      }
      return patch;
    } catch (PatchException e) {
      throw new StatusException(Status.badRequest("error decoding patch: " + e.getMessage()));
    }
  }

  private static JsonNode json(byte[] body) {
    try {
      JsonNode tree = JSON.readTree(body);
      if (tree.isMissingNode()) {
        throw new StatusException(Status.badRequest("error decoding patch: " + complaint(body)));
      }
      return tree;
    } catch (JsonProcessingException e) {
      throw new StatusException(Status.badRequest("error decoding patch: " + complaint(body)));
    } catch (IOException e) {
      throw new IllegalStateException("bytes are always read", e);
    }
  }

  private static String kindOf(JsonNode tree) {
    return switch (tree.getNodeType()) {
      case ARRAY -> "array";
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "bool";
      default -> "object";
    };
  }

  /** What is wrong with a text, in the words of upstream's server. */
  private static String complaint(byte[] body) {
    try {
      JsonReader.read(body);
      return "invalid JSON patch";
    } catch (JsonSyntaxException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static ObjectNode object(JsonNode tree) {
    if (tree instanceof ObjectNode object) {
      return object;
    }
    throw new StatusException(Status.badRequest("error decoding patch: json: cannot unmarshal "
        + kindOf(tree)
        + " into Go value of type map[string]interface {}"));
  }

  private static Patch apply(HttpRequest request, Parameters.Write write) {
    try {
      JsonNode tree = YamlReader.read(request.body()).tree();
      return new Patch.Apply(object(tree), Boolean.TRUE.equals(write.force()));
    } catch (YamlException e) {
      throw new StatusException(Status.badRequest(
          "error decoding YAML: error converting YAML to JSON: " + e.getMessage()));
    }
  }
}
