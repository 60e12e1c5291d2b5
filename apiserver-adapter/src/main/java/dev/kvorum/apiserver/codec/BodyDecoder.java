package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.JsonReader;
import dev.kvorum.apiserver.json.JsonSyntaxException;
import dev.kvorum.apiserver.protobuf.Limits;
import dev.kvorum.apiserver.protobuf.ProtobufCodec;
import dev.kvorum.apiserver.protobuf.ProtobufException;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Types;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.yaml.ReadYaml;
import dev.kvorum.apiserver.yaml.YamlException;
import dev.kvorum.apiserver.yaml.YamlReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes objects from the bodies of requests. Immutable, for all threads.
 *
 * <p>An object of a built-in kind comes in the form in which upstream's server would write it, without defaults: fields that
 * its type does not name are dropped, null and empty values are as good as none, amounts, times and bytes have their usual
 * form, what the API always writes is there. Its fields are in the order of its type, those of maps sorted. Of an object of
 * another kind only the metadata is looked at; its fields are sorted, and what its schema says is somebody else's.
 */
public final class BodyDecoder {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final int MAX_SHOWN = 30;

  /** Where upstream's server has looked for a kind, as it says. */
  private static final String SCHEME = "pkg/runtime/scheme.go:111";

  private final Types types;
  private final ProtobufCodec protobuf;

  /**
   * Makes one.
   *
   * @param types what there is; those with a form in protobuf are built in
   */
  public BodyDecoder(Types types) {
    this.types = types;
    protobuf = new ProtobufCodec(types, Limits.REQUEST);
  }

  /** A tree from a body, and what came twice in it. */
  private record Read(JsonNode tree, List<String> repeated) {}

  /**
   * Reads a body.
   *
   * @param expected the kind of the objects at that place. A built-in one is that of a body that names none
   * @throws CodecException (400) if it is no object, or not one of that kind and version
   */
  public Decoded decode(byte[] body, MediaType type, GroupVersionKind expected)
      throws CodecException {
    boolean builtIn = isBuiltIn(expected);
    Read read;
    GroupVersionKind named;
    try {
      if (type == MediaType.PROTOBUF && !ProtobufCodec.recognizes(body)) {
        throw new UnfitException(
            "provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
      }
      read = read(body, type, expected);
      named = kindOf(read.tree());
    } catch (UnfitException e) {
      throw unrecognized(expected, e.getMessage(), body);
    }
    if (builtIn) {
      named = withDefaults(named, expected);
    } else if (named.kind().isEmpty()) {
      throw unrecognized(
          expected,
          "Object 'Kind' is missing in '" + new String(body, StandardCharsets.UTF_8) + "'",
          body);
    }
    ObjectNode tree =
        read.tree() instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    return decode(tree, named, expected, read.repeated());
  }

  /**
   * Makes an object from a tree that came in another way, such as what a patch made of an object. The tree may become part
   * of it.
   *
   * @throws CodecException (400) if the tree does not fit its kind
   */
  public Decoded decode(ObjectNode tree, GroupVersionKind expected) throws CodecException {
    GroupVersionKind named;
    try {
      named = kindOf(tree);
    } catch (UnfitException e) {
      throw new CodecException(Status.badRequest(String.valueOf(e.getMessage())));
    }
    if (isBuiltIn(expected)) {
      named = withDefaults(named, expected);
    }
    return decode(tree, named, expected, List.of());
  }

  /**
   * Reads the options of a deletion: of any version in which they are known, or of none.
   *
   * @return options, empty if the body says nothing; of {@code meta.k8s.io/v1}
   * @throws CodecException (400) if the body is something else
   */
  public Decoded decodeDeleteOptions(byte[] body, MediaType type) throws CodecException {
    GroupVersionKind usual = GroupVersionKind.of("meta.k8s.io/v1", "DeleteOptions");
    try {
      if (body.length == 0) {
        return options(JsonNodeFactory.instance.objectNode(), usual, List.of());
      }
      Read read = read(body, type, usual);
      GroupVersionKind named = withDefaults(kindOf(read.tree()), usual);
      ObjectType found = types.find(named);
      if (found == null || !found.definition().equals(META + "DeleteOptions")) {
        throw new UnfitException("no kind \"" + named.kind() + "\" is registered for version \""
            + named.apiVersion()
            + "\" in scheme \"" + SCHEME + "\"");
      }
      ObjectNode tree =
          read.tree() instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
      return options(tree, usual, read.repeated());
    } catch (UnfitException e) {
      throw new CodecException(Status.badRequest(String.valueOf(e.getMessage())));
    }
  }

  private static Decoded options(ObjectNode tree, GroupVersionKind kind, List<String> repeated)
      throws UnfitException {
    StrictErrors strict = new StrictErrors();
    ObjectType type = metaType("DeleteOptions");
    return decoded(new TypedReader(strict).object(tree, type), kind, strict, repeated);
  }

  private Read read(byte[] body, MediaType type, GroupVersionKind expected) throws UnfitException {
    try {
      return switch (type) {
        case JSON -> new Read(JsonReader.read(body), List.of());
        case YAML -> {
          ReadYaml yaml = YamlReader.read(body);
          String complaint = yaml.complaint();
          yield new Read(yaml.tree(), complaint.isEmpty() ? List.of() : List.of(complaint));
        }
        case PROTOBUF -> new Read(protobuf.decode(body, expected), List.of());
      };
    } catch (JsonSyntaxException e) {
      throw new UnfitException("couldn't get version/kind; json parse error: " + e.getMessage());
    } catch (YamlException | ProtobufException e) {
      throw new UnfitException(String.valueOf(e.getMessage()));
    }
  }

  private Decoded decode(
      ObjectNode tree, GroupVersionKind named, GroupVersionKind expected, List<String> repeated)
      throws CodecException {
    StrictErrors strict = new StrictErrors();
    ObjectNode object;
    try {
      if (isBuiltIn(expected)) {
        ObjectType type = types.find(named);
        if (type == null) {
          throw new UnfitException("no kind \"" + named.kind() + "\" is registered for version \""
              + named.apiVersion() + "\" in scheme \"pkg/runtime/scheme.go:111\"");
        }
        object = new TypedReader(strict).object(tree, type);
        if (!named.kind().equals(expected.kind())) {
          throw new UnfitException("converting (" + named.version() + "." + named.kind() + ") to ("
              + goGroup(expected) + "." + expected.kind() + "): unknown conversion");
        }
      } else {
        object = JsonNodeFactory.instance.objectNode();
        metadata(tree, object, strict);
        ObjectNode rest = new UntypedReader(strict).object(tree);
        rest.remove("metadata");
        object.setAll(rest);
      }
    } catch (UnfitException e) {
      throw new CodecException(
          Status.badRequest(cannotBeHandled(named, expected, String.valueOf(e.getMessage()))));
    }
    if (!named.groupVersion().equals(expected.groupVersion())) {
      String version = tree.path("apiVersion").asText("");
      throw new CodecException(Status.badRequest("the API version in the data ("
          + (isBuiltIn(expected) ? named.apiVersion() : version)
          + ") does not match the expected API version (" + expected.apiVersion() + ")"));
    }
    return decoded(object, named, strict, repeated);
  }

  private static Decoded decoded(
      ObjectNode object, GroupVersionKind kind, StrictErrors strict, List<String> repeated) {
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.put("kind", kind.kind());
    result.put("apiVersion", kind.apiVersion());
    object.remove(List.of("kind", "apiVersion"));
    result.setAll(object);
    List<String> errors = new ArrayList<>(repeated);
    errors.addAll(strict.list());
    return new Decoded(result, errors);
  }

  /** The metadata of an object of which nothing else is known. */
  private static void metadata(ObjectNode tree, ObjectNode object, StrictErrors strict)
      throws UnfitException {
    JsonNode raw = tree.get("metadata");
    if (raw == null) {
      return;
    }
    if (raw.isNull()) {
      object.putObject("metadata");
      return;
    }
    int before = strict.enter("metadata");
    object.set("metadata", new TypedReader(strict).object(raw, metaType("ObjectMeta")));
    strict.leave(before);
  }

  private static ObjectType metaType(String name) {
    return Objects.requireNonNull(BuiltInTypes.get().find(META + name), name);
  }

  private boolean isBuiltIn(GroupVersionKind kind) {
    ObjectType type = types.find(kind);
    return type != null && type.wire() != null;
  }

  /** What a body says that it is; both are empty if it says nothing. */
  private static GroupVersionKind kindOf(JsonNode tree) throws UnfitException {
    if (!tree.isObject() && !tree.isNull()) {
      throw new UnfitException(
          "couldn't get version/kind; json parse error: json: cannot unmarshal "
              + Place.nameOf(tree) + " into Go value of type struct {"
              + " APIVersion string \"json:\\\"apiVersion,omitempty\\\"\";"
              + " Kind string \"json:\\\"kind,omitempty\\\"\" }");
    }
    String apiVersion = text(tree, "apiVersion");
    String kind = text(tree, "kind");
    if (apiVersion.indexOf('/') != apiVersion.lastIndexOf('/')) {
      throw new UnfitException("unexpected GroupVersion string: " + apiVersion);
    }
    return GroupVersionKind.of(apiVersion, kind);
  }

  private static String text(JsonNode tree, String name) throws UnfitException {
    JsonNode value = tree.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (!value.isTextual()) {
      throw new UnfitException(
          "couldn't get version/kind; json parse error: json: cannot unmarshal "
              + Place.nameOf(value) + " into Go struct field ." + name + " of type string");
    }
    return value.textValue();
  }

  private static GroupVersionKind withDefaults(GroupVersionKind named, GroupVersionKind usual) {
    String kind = named.kind().isEmpty() ? usual.kind() : named.kind();
    boolean versioned = !named.version().isEmpty() || !named.group().isEmpty();
    return (versioned ? named.groupVersion() : usual.groupVersion()).kind(kind);
  }

  /** What the package of a group is called in upstream's program. */
  private static String goGroup(GroupVersionKind kind) {
    String group = kind.group();
    int dot = group.indexOf('.');
    return group.isEmpty() ? "core" : dot < 0 ? group : group.substring(0, dot);
  }

  private static CodecException unrecognized(
      GroupVersionKind expected, @Nullable String why, byte[] body) {
    return new CodecException(
        Status.badRequest("the object provided is unrecognized (must be of type " + expected.kind()
            + "): " + why + " (" + shown(body) + ")"));
  }

  /** How a body begins: as it is if that is an object in JSON, otherwise in hexadecimal. */
  private static String shown(byte[] body) {
    if (body.length == 0) {
      return "<empty>";
    }
    int length = Math.min(body.length, MAX_SHOWN);
    String begin = body[0] == '{'
        ? new String(body, 0, length, StandardCharsets.UTF_8)
        : HexFormat.of().formatHex(body, 0, length);
    return body.length > MAX_SHOWN ? begin + " ..." : begin;
  }

  static String cannotBeHandled(GroupVersionKind kind, GroupVersionKind expected, String why) {
    return kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a "
        + expected.kind() + ": " + why;
  }
}
