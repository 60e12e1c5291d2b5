package dev.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.crd.schema.Defaulting;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources.Coerced;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources.Malformed;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.crd.schema.ListRules;
import dev.kvorum.apiserver.crd.schema.Pruning;
import dev.kvorum.apiserver.crd.schema.SchemaReader;
import dev.kvorum.apiserver.crd.schema.SchemaValidation;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A custom resource in one version: what happens to its objects between a client and the storage. On a write, in this order:
 * {@link #decode}; what the server sets; {@link #validate} or {@link #validateUpdate}. On a read, {@link #read}.
 *
 * <p>Where the status has a path of its own, {@link #keepStatus} and {@link #onlyStatus} make of what a client sent what that
 * path may change. Immutable, for all threads.
 */
public final class CustomResource {
  private final GroupVersionKind kind;
  private final @Nullable JsonSchema schema;
  private final @Nullable JsonSchema statusSchema;
  private final boolean preservesUnknownFields;
  private final boolean hasStatus;
  private final @Nullable ScalePaths scale;
  private final List<ObjectPath> selectableFields;
  private final ObjectType type;

  /**
   * What became of an object that a client sent.
   *
   * @param unknownFields the paths of what was dropped because there are no such fields, in alphabetic order
   * @param error why it cannot be used at all, in Go's words; null if it can
   */
  public record Decoded(
      List<String> unknownFields, @Nullable String error) {}

  /**
   * Makes one.
   *
   * @param schema null if objects may hold anything
   * @param preservesUnknownFields nothing is ever dropped
   */
  CustomResource(
      GroupVersionKind kind,
      @Nullable JsonSchema schema,
      boolean preservesUnknownFields,
      boolean hasStatus,
      @Nullable ScalePaths scale,
      List<ObjectPath> selectableFields) {
    this.kind = kind;
    this.schema = schema;
    this.statusSchema = schema == null ? null : schema.properties().get("status");
    this.preservesUnknownFields = preservesUnknownFields || schema == null;
    this.hasStatus = hasStatus;
    this.scale = scale;
    this.selectableFields = List.copyOf(selectableFields);
    this.type = CustomTypes.of("", preservesUnknownFields ? null : schema);
  }

  public GroupVersionKind kind() {
    return kind;
  }

  /** Whether the status has a path of its own. */
  public boolean hasStatus() {
    return hasStatus;
  }

  /** Null if objects cannot be scaled. */
  public @Nullable ScalePaths scale() {
    return scale;
  }

  /** The type of its objects, for server-side apply. */
  public ObjectType type() {
    return type;
  }

  /** The schema as its definition has it; null if objects may hold anything. Not to be changed. */
  public @Nullable ObjectNode schema() {
    return schema == null ? null : schema.json();
  }

  /**
   * Brings an object that a client sent into the form in which it is used: without unknown fields and nulls that have no
   * place, with defaults, its metadata with its types.
   *
   * @param object of this kind and version; is changed
   */
  public Decoded decode(ObjectNode object) {
    List<String> unknown = new ArrayList<>();
    Coerced metadata = coerceMetadata(object, Malformed.REFUSE);
    if (metadata.error() != null) {
      return new Decoded(List.of(), why(metadata.error()));
    }
    unknown.addAll(metadata.unknown());
    if (schema != null) {
      if (!preservesUnknownFields) {
        unknown.addAll(Pruning.pruneResource(object, schema));
        Defaulting.dropNulls(object, schema);
      }
      Coerced coerced = EmbeddedResources.coerce("", object, schema, Malformed.REFUSE);
      if (coerced.error() != null) {
        return new Decoded(List.of(), coerced.error().toString());
      }
      unknown.addAll(coerced.unknown());
      Defaulting.apply(object, schema);
    }
    unknown.sort(null);
    return new Decoded(unknown, null);
  }

  private static String why(FieldError error) {
    // What is wrong with the object's own metadata is told without its path.
    return error.detail();
  }

  private static Coerced coerceMetadata(ObjectNode object, Malformed malformed) {
    return EmbeddedResources.coerceResource(object, SchemaReader.ANYTHING, malformed);
  }

  /**
   * Brings an object that was stored, in whichever version, into this one: by the schema as it is now. What has a wrong type
   * in its metadata is dropped.
   *
   * @param object is changed
   */
  public void read(ObjectNode object) {
    object.put("apiVersion", kind.apiVersion());
    coerceMetadata(object, Malformed.DROP);
    if (schema != null) {
      if (!preservesUnknownFields) {
        Pruning.pruneResource(object, schema);
        Defaulting.dropNulls(object, schema);
      }
      EmbeddedResources.coerce("", object, schema, Malformed.DROP);
      Defaulting.apply(object, schema);
    }
    if (object.get("metadata") instanceof ObjectNode metadata
        && metadata.path("generation").asLong() == 0) {
      metadata.put("generation", 1);
    }
  }

  /**
   * Takes back what a write of the object itself may not change.
   *
   * @param object is changed
   * @param old null if the object is new
   */
  public void keepStatus(ObjectNode object, @Nullable ObjectNode old) {
    JsonNode status = old == null ? null : old.get("status");
    if (hasStatus && status != null) {
      object.set("status", status.deepCopy());
    } else if (hasStatus) {
      object.remove("status");
    }
  }

  /**
   * What a write of the status makes of an object: only the status and who owns which field are what the client sent.
   *
   * @param object what the client sent
   */
  public ObjectNode onlyStatus(ObjectNode object, ObjectNode old) {
    ObjectNode result = old.deepCopy();
    JsonNode status = object.get("status");
    if (status == null) {
      result.remove("status");
    } else {
      result.set("status", status.deepCopy());
    }
    JsonNode managedFields = object.path("metadata").get("managedFields");
    ObjectNode metadata = result.get("metadata") instanceof ObjectNode present
        ? present
        : result.putObject("metadata");
    if (managedFields == null) {
      metadata.remove("managedFields");
    } else {
      metadata.set("managedFields", managedFields.deepCopy());
    }
    return result;
  }

  /** What is wrong with a new object, apart from its metadata. */
  public List<FieldError> validate(ObjectNode object) {
    List<FieldError> errors = wrongKind(object);
    if (!errors.isEmpty()) {
      return errors;
    }
    if (schema != null) {
      errors.addAll(SchemaValidation.validate(object, schema, ""));
    }
    scale(object, errors);
    if (schema != null) {
      errors.addAll(EmbeddedResources.validateWithin(object, schema));
      errors.addAll(ListRules.validate(object, schema));
    }
    return errors;
  }

  /** What is wrong with an object that replaces another, apart from its metadata. What has not changed is not told. */
  public List<FieldError> validateUpdate(ObjectNode object, ObjectNode old) {
    List<FieldError> errors = wrongKind(object);
    if (!errors.isEmpty()) {
      return errors;
    }
    if (schema != null) {
      errors.addAll(SchemaValidation.validateUpdate(object, old, schema, ""));
    }
    scale(object, errors);
    if (schema != null) {
      errors.addAll(EmbeddedResources.validateWithin(object, schema));
      if (ListRules.validate(old, schema).isEmpty()) {
        errors.addAll(ListRules.validate(object, schema));
      }
    }
    return errors;
  }

  /** What is wrong with an object whose status was written, apart from its metadata. */
  public List<FieldError> validateStatusUpdate(ObjectNode object, ObjectNode old) {
    List<FieldError> errors = wrongKind(object);
    if (!errors.isEmpty()) {
      return errors;
    }
    JsonNode status = object.get("status");
    JsonNode before = old.get("status");
    if (status != null && statusSchema != null) {
      errors.addAll(
          before == null
              ? SchemaValidation.validate(status, statusSchema, "status")
              : SchemaValidation.validateUpdate(status, before, statusSchema, "status"));
    }
    if (scale != null) {
      errors.addAll(scale.checkStatus(object));
    }
    if (schema != null && ListRules.validate(old, schema).isEmpty()) {
      errors.addAll(ListRules.validate(object, schema));
    }
    return errors;
  }

  private void scale(ObjectNode object, List<FieldError> errors) {
    if (scale != null) {
      errors.addAll(scale.checkSpec(object));
      errors.addAll(scale.checkStatus(object));
    }
  }

  private List<FieldError> wrongKind(ObjectNode object) {
    List<FieldError> errors = new ArrayList<>();
    must("kind", object, kind.kind(), errors);
    must("apiVersion", object, kind.apiVersion(), errors);
    return errors;
  }

  private static void must(
      String field, ObjectNode object, String wanted, List<FieldError> errors) {
    String value = object.path(field).asText();
    if (!value.equals(wanted)) {
      errors.add(FieldError.invalid(field, TextNode.valueOf(value), "must be " + wanted));
    }
  }

  /**
   * What field selectors may name besides the metadata, with the values that an object has there; empty if it has none.
   *
   * @return by the fields' names, as {@code spec.color}
   */
  public Map<String, String> selectableFields(ObjectNode object) {
    Map<String, String> values = new LinkedHashMap<>();
    for (ObjectPath path : selectableFields) {
      JsonNode value = object;
      for (String name : path.names()) {
        value = value.path(name);
      }
      values.put(
          String.join(".", path.names()),
          value.isValueNode() && !value.isNull() ? value.asText() : "");
    }
    return values;
  }

  /** The paths that field selectors may name, as {@code .spec.color}. */
  public List<String> selectablePaths() {
    return selectableFields.stream().map(ObjectPath::written).toList();
  }
}
