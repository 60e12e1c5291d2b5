package dev.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.crd.schema.JsonSchema.Additional;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.ListType.Identity;
import dev.kvorum.apiserver.schema.ListType.Merging;
import dev.kvorum.apiserver.schema.MapMerging;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import dev.kvorum.apiserver.schema.WireMember;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The type of the objects of a custom resource, made of its schema. */
final class CustomTypes {
  /** The one leaf whose value decides how it is treated, and whose maps have owners key by key. */
  private static final Leaf ANYTHING = Leaf.FIELDS_V1;

  private static final ObjectType METADATA = Objects.requireNonNull(
      BuiltInTypes.get().find("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"));

  private record Fields(
      String definition, MapMerging merging, Map<String, Field> byName, boolean open)
      implements ObjectType {
    @Override
    public List<Field> fields() {
      return List.copyOf(byName.values());
    }

    @Override
    public @Nullable Field field(String name) {
      return byName.get(name);
    }

    @Override
    public @Nullable List<WireMember> wire() {
      return null;
    }

    @Override
    public String toString() {
      return definition.isEmpty() ? byName.keySet().toString() : definition;
    }
  }

  private CustomTypes() {}

  /**
   * That of objects.
   *
   * @param definition what it is called where types are published
   * @param schema null if objects may hold anything
   */
  static ObjectType of(String definition, @Nullable JsonSchema schema) {
    return schema == null
        ? new Fields(definition, MapMerging.UNDECLARED, resource(Map.of()), true)
        : object(definition, schema, schema.preservesUnknownFields(), true);
  }

  /** @param open whether fields that the schema does not name are kept, as somewhere above it is said */
  private static Type type(JsonSchema schema, boolean open) {
    boolean inner = open || schema.preservesUnknownFields();
    return switch (schema.type()) {
      case "object" -> mapOrObject(schema, inner);
      case "array" -> list(schema, inner);
      case "string" -> Leaf.STRING;
      case "boolean" -> Leaf.BOOLEAN;
      case "integer" -> schema.bounds().format().equals("int32") ? Leaf.INT32 : Leaf.INT64;
      case "number" -> Leaf.DOUBLE;
      default ->
        schema.intOrString()
            ? Leaf.INT_OR_STRING
            : schema.properties().isEmpty() ? ANYTHING : object("", schema, inner, false);
    };
  }

  private static Type mapOrObject(JsonSchema schema, boolean open) {
    JsonSchema values = schema.additionalSchema();
    return values != null && schema.properties().isEmpty()
        ? new MapType(type(values, open), merging(schema))
        : object("", schema, open, false);
  }

  private static ObjectType object(
      String definition, JsonSchema schema, boolean open, boolean root) {
    Map<String, Field> fields = new LinkedHashMap<>();
    schema
        .properties()
        .forEach((name, property) -> fields.put(
            name,
            field(
                name,
                type(property, open),
                schema.bounds().required().contains(name),
                property.defaultValue())));
    Additional additional = schema.additional();
    boolean free =
        additional == null ? open || schema.properties().isEmpty() : additional.allowed();
    return new Fields(
        definition,
        merging(schema),
        root || schema.embeddedResource() ? resource(fields) : fields,
        free);
  }

  /** With the fields that every object of a kind has. */
  private static Map<String, Field> resource(Map<String, Field> fields) {
    Map<String, Field> all = new LinkedHashMap<>();
    all.put("apiVersion", field("apiVersion", Leaf.STRING, false, null));
    all.put("kind", field("kind", Leaf.STRING, false, null));
    all.put("metadata", field("metadata", METADATA, false, null));
    fields.forEach(all::putIfAbsent);
    return all;
  }

  private static Field field(
      String name, Type type, boolean required, @Nullable JsonNode defaultValue) {
    return new Field(name, type, required, true, false, defaultValue, null);
  }

  private static Type list(JsonSchema schema, boolean open) {
    JsonSchema items = schema.items();
    List<String> keys = new ArrayList<>();
    Identity identity = switch (Objects.requireNonNullElse(schema.extensions().listType(), "")) {
      case "set" -> Identity.SET;
      case "map" -> {
        keys.addAll(schema.extensions().listMapKeys());
        yield keys.isEmpty() ? Identity.ATOMIC : Identity.MAP;
      }
      default -> Identity.ATOMIC;
    };
    boolean declared = schema.extensions().listType() != null;
    return new ListType(
        items == null ? ANYTHING : type(items, open), new Merging(identity, keys, declared), false);
  }

  private static MapMerging merging(JsonSchema schema) {
    String type = schema.extensions().mapType();
    return type == null
        ? MapMerging.UNDECLARED
        : type.equals("atomic") ? MapMerging.ATOMIC : MapMerging.GRANULAR;
  }
}
