package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.schema.MetadataReader.Read;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The apiVersion, kind and metadata of an object, and of the objects within it that have their own. */
public final class EmbeddedResources {

  /** What to do with metadata that has a wrong type. */
  public enum Malformed {
    /** It is an error: a client sent it. */
    REFUSE,
    /** It is dropped: it was stored when the schema was another one. */
    DROP
  }

  /**
   * What became of an object's metadata.
   *
   * @param unknown paths of the fields that were dropped because metadata has no such ones, in alphabetic order
   * @param error what has a wrong type; null if nothing has
   */
  public record Coerced(List<String> unknown, @Nullable FieldError error) {}

  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1;
    private final transient FieldError error;

    Refused(FieldError error) {
      super(error.toString(), null, false, false);
      this.error = error;
    }
  }

  private final Malformed malformed;
  private final List<String> unknown = new ArrayList<>();

  private EmbeddedResources(Malformed malformed) {
    this.malformed = malformed;
  }

  /**
   * Gives the metadata of an object, and of those within it, its type.
   *
   * @param object is changed
   */
  public static Coerced coerceResource(ObjectNode object, JsonSchema schema, Malformed malformed) {
    return coerce("", object, schema.asResource(), malformed);
  }

  /** The same for a value that need not be an object of a kind. */
  public static Coerced coerce(
      String path, JsonNode value, JsonSchema schema, Malformed malformed) {
    EmbeddedResources coercion = new EmbeddedResources(malformed);
    try {
      coercion.walk(path, value, schema);
    } catch (Refused e) {
      return new Coerced(List.of(), e.error);
    }
    coercion.unknown.sort(null);
    return new Coerced(coercion.unknown, null);
  }

  private void walk(String path, JsonNode value, @Nullable JsonSchema schema) throws Refused {
    if (schema == null) {
      return;
    }
    if (value instanceof ObjectNode object) {
      for (String name : Pruning.names(object)) {
        if (schema.embeddedResource()) {
          coerce(path, object, name);
        }
        JsonNode part = object.get(name);
        JsonSchema property = schema.properties().get(name);
        if (part != null && property != null) {
          walk(Values.child(path, name), part, property);
        } else if (part != null) {
          walk(path + "[" + name + "]", part, schema.additionalSchema());
        }
      }
    } else if (value instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        walk(path + "[" + i + "]", list.get(i), schema.items());
      }
    }
  }

  private void coerce(String path, ObjectNode object, String name) throws Refused {
    JsonNode value = object.get(name);
    String field = Values.child(path, name);
    if ((name.equals("apiVersion") || name.equals("kind")) && !value.isTextual()) {
      if (malformed == Malformed.REFUSE) {
        throw new Refused(FieldError.invalid(field, GoJson.sorted(value), "must be a string"));
      }
      object.remove(name);
    } else if (name.equals("metadata")) {
      Read read = MetadataReader.read(value, malformed == Malformed.DROP);
      if (read.metadata() != null) {
        object.set(name, read.metadata());
        read.unknown().forEach(each -> unknown.add(field + "." + each));
      } else if (malformed == Malformed.REFUSE) {
        String why = read.error() == null ? "" : read.error();
        throw new Refused(FieldError.invalid(field, GoJson.sorted(value), why));
      }
    }
  }

  /** What is wrong with the apiVersion, kind and metadata of the objects within an object. */
  public static List<FieldError> validateWithin(ObjectNode object, JsonSchema schema) {
    return validate("", object, schema);
  }

  public static List<FieldError> validate(
      String path, JsonNode value, @Nullable JsonSchema schema) {
    List<FieldError> errors = new ArrayList<>();
    collect(path, value, schema, errors);
    return errors;
  }

  private static void collect(
      String path, JsonNode value, @Nullable JsonSchema schema, List<FieldError> errors) {
    if (schema == null) {
      return;
    }
    if (value instanceof ObjectNode object) {
      if (schema.embeddedResource()) {
        validateResource(path, object, errors);
      }
      for (String name : Pruning.names(object)) {
        JsonSchema property = schema.properties().get(name);
        if (property != null) {
          collect(Values.child(path, name), object.get(name), property, errors);
        } else {
          collect(path + "[" + name + "]", object.get(name), schema.additionalSchema(), errors);
        }
      }
    } else if (value instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        collect(path + "[" + i + "]", list.get(i), schema.items(), errors);
      }
    }
  }

  private static void validateResource(String path, ObjectNode object, List<FieldError> errors) {
    for (String name : List.of("apiVersion", "kind")) {
      String field = Values.child(path, name);
      JsonNode value = object.get(name);
      if (value == null) {
        errors.add(FieldError.required(field, ""));
      } else if (!value.isTextual()) {
        errors.add(FieldError.invalid(field, GoJson.sorted(value), "must be a string"));
      } else if (value.textValue().isEmpty()) {
        errors.add(FieldError.invalid(field, value, "must not be empty"));
      } else {
        String wrong =
            name.equals("kind") ? wrongKind(value.textValue()) : wrongApiVersion(value.textValue());
        if (!wrong.isEmpty()) {
          errors.add(FieldError.invalid(field, value, wrong));
        }
      }
    }
    JsonNode metadata = object.get("metadata");
    if (metadata == null) {
      return;
    }
    String field = Values.child(path, "metadata");
    Read read = MetadataReader.read(metadata, false);
    ObjectNode typed = read.metadata();
    if (typed == null) {
      String why = read.error() == null ? "" : read.error();
      errors.add(FieldError.invalid(field, GoJson.sorted(metadata), why));
      return;
    }
    errors.addAll(EmbeddedMetadataRules.validate(typed, field));
  }

  private static String wrongApiVersion(String apiVersion) {
    return apiVersion.indexOf('/') == apiVersion.lastIndexOf('/')
        ? ""
        : "unexpected GroupVersion string: " + apiVersion;
  }

  private static String wrongKind(String kind) {
    List<String> wrong = NameRules.label1035(kind.toLowerCase(Locale.ROOT));
    return wrong.isEmpty()
        ? ""
        : "may have mixed case, but should otherwise match: " + String.join(",", wrong);
  }
}
