package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Metadata of an object as the type that it has in all kinds: without fields that it does not have, without what is null or
 * has its zero value, times in UTC.
 */
final class MetadataReader {
  private static final ObjectType TYPE = Objects.requireNonNull(
      BuiltInTypes.get().find("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"));
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'");
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

  /**
   * What was made of it.
   *
   * @param metadata null if it cannot be read
   * @param unknown paths within it of the fields that were dropped because there are no such ones
   * @param error why it cannot be read, in Go's words; null if it can
   */
  record Read(
      @Nullable ObjectNode metadata,
      List<String> unknown,
      @Nullable String error) {}

  private static final class Mismatch extends Exception {
    private static final long serialVersionUID = 1;

    Mismatch(String message) {
      super(message, null, false, false);
    }
  }

  private final List<String> unknown = new ArrayList<>();

  private MetadataReader() {}

  /**
   * Reads it.
   *
   * @param dropMalformed drops fields of a wrong type instead of failing for them
   */
  static Read read(JsonNode metadata, boolean dropMalformed) {
    MetadataReader reader = new MetadataReader();
    try {
      return new Read((ObjectNode) reader.object(TYPE, metadata, "", ""), reader.unknown, null);
    } catch (Mismatch e) {
      if (!dropMalformed || !metadata.isObject()) {
        return new Read(null, List.of(), e.getMessage());
      }
    }
    MetadataReader lenient = new MetadataReader();
    ObjectNode read = JsonNodeFactory.instance.objectNode();
    for (Field field : TYPE.fields()) {
      JsonNode value = metadata.get(field.name());
      ObjectNode part = value == null ? null : lenient.readable(field, value);
      if (part != null) {
        read.setAll(part);
      }
    }
    for (Map.Entry<String, JsonNode> each : metadata.properties()) {
      if (TYPE.field(each.getKey()) == null) {
        lenient.unknown.add(each.getKey());
      }
    }
    return new Read(read, lenient.unknown, null);
  }

  /** Metadata with this field alone; null if it is of a wrong type. */
  private @Nullable ObjectNode readable(Field field, JsonNode value) {
    try {
      ObjectNode alone = JsonNodeFactory.instance.objectNode().set(field.name(), value);
      return (ObjectNode) object(TYPE, alone, "", "");
    } catch (Mismatch e) {
      return null;
    }
  }

  /**
   * @param goField what Go calls the field that the value is in; empty for the whole
   * @param path of the value, for fields that do not exist
   */
  private JsonNode object(ObjectType type, JsonNode value, String goField, String path)
      throws Mismatch {
    ObjectNode read = JsonNodeFactory.instance.objectNode();
    if (!value.isObject() && !value.isNull()) {
      throw mismatch(value, type, goField);
    }
    for (Map.Entry<String, JsonNode> each : value.properties()) {
      if (type.field(each.getKey()) == null) {
        unknown.add(Values.child(path, each.getKey()));
      }
    }
    for (Field field : type.fields()) {
      JsonNode given = value.get(field.name());
      if (given != null && !given.isNull()) {
        String name = goField.isEmpty() ? field.name() : goField + "." + field.name();
        JsonNode part = value(field.type(), given, name, Values.child(path, field.name()));
        if (field.pointer() || field.alwaysWritten() || !isZero(part)) {
          read.set(field.name(), part);
          continue;
        }
      }
      JsonNode zero = field.defaultValue();
      if (field.alwaysWritten() && zero != null) {
        read.set(field.name(), zero);
      }
    }
    return read;
  }

  private static boolean isZero(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> value.textValue().isEmpty();
      case NUMBER -> value.asLong() == 0;
      case BOOLEAN -> !value.booleanValue();
      default -> value.isEmpty();
    };
  }

  private JsonNode value(Type type, JsonNode value, String goField, String path) throws Mismatch {
    return switch (type) {
      case ObjectType object -> object(object, value, goField, path);
      case ListType list -> list(list, value, goField, path);
      case MapType map -> map(map, value, goField, path);
      case Leaf leaf -> leaf(leaf, value, goField);
    };
  }

  private JsonNode list(ListType type, JsonNode value, String goField, String path)
      throws Mismatch {
    if (!value.isArray()) {
      throw mismatch(value, type, goField);
    }
    ArrayNode read = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < value.size(); i++) {
      JsonNode element = value.get(i).isNull() && type.elements() == Leaf.STRING
          ? TextNode.valueOf("")
          : value.get(i);
      read.add(value(type.elements(), element, goField, path + "[" + i + "]"));
    }
    return read;
  }

  private JsonNode map(MapType type, JsonNode value, String goField, String path) throws Mismatch {
    if (!value.isObject()) {
      throw mismatch(value, type, goField);
    }
    ObjectNode read = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> each : value.properties()) {
      JsonNode part = each.getValue().isNull() ? TextNode.valueOf("") : each.getValue();
      read.set(
          each.getKey(), value(type.values(), part, goField, Values.child(path, each.getKey())));
    }
    return read;
  }

  private static JsonNode leaf(Leaf leaf, JsonNode value, String goField) throws Mismatch {
    boolean fits = switch (leaf) {
      case STRING -> value.isTextual();
      case BOOLEAN -> value.isBoolean();
      case INT32, INT64 -> Values.isWhole(value);
      default -> true;
    };
    if (!fits) {
      throw mismatch(value, leaf, goField);
    }
    return switch (leaf) {
      case TIME -> time(value, SECONDS);
      case MICRO_TIME -> time(value, MICROS);
      default -> value;
    };
  }

  private static JsonNode time(JsonNode value, DateTimeFormatter format) throws Mismatch {
    if (!value.isTextual()) {
      throw new Mismatch(
          "json: cannot unmarshal " + described(value) + " into Go value of type string");
    }
    try {
      return TextNode.valueOf(OffsetDateTime.parse(value.textValue())
          .withOffsetSameInstant(ZoneOffset.UTC)
          .format(format));
    } catch (DateTimeException e) {
      String text = GoJson.quoted(value.textValue());
      throw new Mismatch("parsing time " + text + " as \"2006-01-02T15:04:05Z07:00\": cannot parse "
          + text + " as \"2006\"");
    }
  }

  private static Mismatch mismatch(JsonNode value, Type type, String goField) {
    String goType = goField.equals("uid") ? "types.UID" : goType(type);
    if (goField.isEmpty()) {
      return new Mismatch(
          "json: cannot unmarshal " + described(value) + " into Go value of type v1.ObjectMeta");
    }
    String struct = goField.startsWith("ownerReferences.")
        ? "OwnerReference"
        : goField.startsWith("managedFields.") ? "ManagedFieldsEntry" : "ObjectMeta";
    return new Mismatch("json: cannot unmarshal " + described(value) + " into Go struct field "
        + struct + "." + goField + " of type " + goType);
  }

  private static String described(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> "bool";
      case NUMBER -> Values.isWhole(value) ? "number" : "number " + value.asText();
      default -> Values.typeOf(value);
    };
  }

  private static String goType(Type type) {
    return switch (type) {
      case ListType list -> "[]" + goType(list.elements());
      case MapType map -> "map[string]" + goType(map.values());
      case ObjectType object ->
        "v1." + object.definition().substring(object.definition().lastIndexOf('.') + 1);
      case Leaf leaf ->
        switch (leaf) {
          case STRING -> "string";
          case BOOLEAN -> "bool";
          case INT32 -> "int32";
          default -> "int64";
        };
    };
  }
}
