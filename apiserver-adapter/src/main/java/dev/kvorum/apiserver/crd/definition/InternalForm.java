package dev.kvorum.apiserver.crd.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.json.GoJson;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Parts of a definition as messages about them show them: not as clients write them but with the names of Go's fields, and
 * with all fields.
 */
final class InternalForm {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private InternalForm() {}

  /**
   * The versions.
   *
   * @param shared what all versions have in common, which is not shown
   */
  static JsonNode versions(JsonNode versions, SharedParts shared) {
    return list(versions, version -> {
      ObjectNode out = NODES.objectNode();
      out.set("Name", text(version, "name"));
      out.set("Served", flag(version, "served"));
      out.set("Storage", flag(version, "storage"));
      out.set("Deprecated", flag(version, "deprecated"));
      out.set("DeprecationWarning", any(version, "deprecationWarning"));
      out.set("Schema", shared.schema() ? NullNode.instance : validation(version.get("schema")));
      out.set(
          "Subresources",
          shared.subresources()
              ? NullNode.instance
              : pointer(version.get("subresources"), InternalForm::subresources));
      out.set(
          "AdditionalPrinterColumns",
          shared.columns()
              ? NullNode.instance
              : list(version.get("additionalPrinterColumns"), InternalForm::column));
      out.set(
          "SelectableFields",
          shared.selectableFields()
              ? NullNode.instance
              : list(
                  version.get("selectableFields"),
                  field -> NODES.objectNode().set("JSONPath", text(field, "jsonPath"))));
      return out;
    });
  }

  private static JsonNode validation(@Nullable JsonNode schema) {
    return pointer(
        schema,
        given -> NODES
            .objectNode()
            .set("OpenAPIV3Schema", pointer(given.get("openAPIV3Schema"), InternalForm::schema)));
  }

  private static JsonNode subresources(JsonNode given) {
    ObjectNode out = NODES.objectNode();
    out.set("Status", pointer(given.get("status"), status -> NODES.objectNode()));
    out.set("Scale", pointer(given.get("scale"), scale -> {
      ObjectNode paths = NODES.objectNode();
      paths.set("SpecReplicasPath", text(scale, "specReplicasPath"));
      paths.set("StatusReplicasPath", text(scale, "statusReplicasPath"));
      paths.set("LabelSelectorPath", any(scale, "labelSelectorPath"));
      return paths;
    }));
    return out;
  }

  private static JsonNode column(JsonNode given) {
    ObjectNode out = NODES.objectNode();
    out.set("Name", text(given, "name"));
    out.set("Type", text(given, "type"));
    out.set("Format", text(given, "format"));
    out.set("Description", text(given, "description"));
    out.set("Priority", given.hasNonNull("priority") ? given.get("priority") : IntNode.valueOf(0));
    out.set("JSONPath", text(given, "jsonPath"));
    return out;
  }

  /** A schema. */
  static JsonNode schema(JsonNode given) {
    ObjectNode out = NODES.objectNode();
    out.set("ID", text(given, "id"));
    out.set("Schema", text(given, "$schema"));
    out.set("Ref", any(given, "$ref"));
    out.set("Description", text(given, "description"));
    out.set("Type", text(given, "type"));
    out.set("Nullable", flag(given, "nullable"));
    out.set("Format", text(given, "format"));
    out.set("Title", text(given, "title"));
    out.set("Default", any(given, "default"));
    out.set("Maximum", any(given, "maximum"));
    out.set("ExclusiveMaximum", flag(given, "exclusiveMaximum"));
    out.set("Minimum", any(given, "minimum"));
    out.set("ExclusiveMinimum", flag(given, "exclusiveMinimum"));
    out.set("MaxLength", any(given, "maxLength"));
    out.set("MinLength", any(given, "minLength"));
    out.set("Pattern", text(given, "pattern"));
    out.set("MaxItems", any(given, "maxItems"));
    out.set("MinItems", any(given, "minItems"));
    out.set("UniqueItems", flag(given, "uniqueItems"));
    out.set("MultipleOf", any(given, "multipleOf"));
    out.set("Enum", any(given, "enum"));
    out.set("MaxProperties", any(given, "maxProperties"));
    out.set("MinProperties", any(given, "minProperties"));
    out.set("Required", any(given, "required"));
    out.set("Items", pointer(given.get("items"), InternalForm::items));
    out.set("AllOf", list(given.get("allOf"), InternalForm::schema));
    out.set("OneOf", list(given.get("oneOf"), InternalForm::schema));
    out.set("AnyOf", list(given.get("anyOf"), InternalForm::schema));
    out.set("Not", pointer(given.get("not"), InternalForm::schema));
    out.set("Properties", map(given.get("properties"), InternalForm::schema));
    out.set(
        "AdditionalProperties",
        pointer(given.get("additionalProperties"), InternalForm::schemaOrBool));
    out.set("PatternProperties", map(given.get("patternProperties"), InternalForm::schema));
    out.set("Dependencies", map(given.get("dependencies"), InternalForm::dependency));
    out.set("AdditionalItems", pointer(given.get("additionalItems"), InternalForm::schemaOrBool));
    out.set("Definitions", map(given.get("definitions"), InternalForm::schema));
    out.set("ExternalDocs", pointer(given.get("externalDocs"), docs -> {
      ObjectNode both = NODES.objectNode();
      both.set("Description", text(docs, "description"));
      both.set("URL", text(docs, "url"));
      return both;
    }));
    out.set("Example", any(given, "example"));
    out.set("XPreserveUnknownFields", any(given, "x-kubernetes-preserve-unknown-fields"));
    out.set("XEmbeddedResource", flag(given, "x-kubernetes-embedded-resource"));
    out.set("XIntOrString", flag(given, "x-kubernetes-int-or-string"));
    out.set("XListMapKeys", any(given, "x-kubernetes-list-map-keys"));
    out.set("XListType", any(given, "x-kubernetes-list-type"));
    out.set("XMapType", any(given, "x-kubernetes-map-type"));
    out.set("XValidations", list(given.get("x-kubernetes-validations"), InternalForm::rule));
    return out;
  }

  /** The value of {@code items}: a schema, or several. */
  static JsonNode items(JsonNode given) {
    ObjectNode out = NODES.objectNode();
    out.set("Schema", given.isObject() ? schema(given) : NullNode.instance);
    out.set("JSONSchemas", given.isArray() ? list(given, InternalForm::schema) : NullNode.instance);
    return out;
  }

  private static JsonNode schemaOrBool(JsonNode given) {
    ObjectNode out = NODES.objectNode();
    out.put("Allows", given.isObject() || given.asBoolean());
    out.set("Schema", given.isObject() ? schema(given) : NullNode.instance);
    return out;
  }

  private static JsonNode dependency(JsonNode given) {
    ObjectNode out = NODES.objectNode();
    out.set("Schema", given.isObject() ? schema(given) : NullNode.instance);
    out.set("Property", given.isArray() ? given : NullNode.instance);
    return out;
  }

  private static JsonNode rule(JsonNode given) {
    ObjectNode out = NODES.objectNode();
    out.set("Rule", text(given, "rule"));
    out.set("Message", text(given, "message"));
    out.set("MessageExpression", text(given, "messageExpression"));
    out.set("Reason", any(given, "reason"));
    out.set("FieldPath", text(given, "fieldPath"));
    out.set("OptionalOldSelf", any(given, "optionalOldSelf"));
    return out;
  }

  private static JsonNode text(JsonNode given, String name) {
    return TextNode.valueOf(Json.string(given, name));
  }

  private static JsonNode flag(JsonNode given, String name) {
    return BooleanNode.valueOf(Json.flag(given, name));
  }

  private static JsonNode any(JsonNode given, String name) {
    JsonNode value = given.get(name);
    return value == null ? NullNode.instance : GoJson.sorted(value);
  }

  private static JsonNode pointer(@Nullable JsonNode given, UnaryOperator<JsonNode> form) {
    return given == null || given.isNull() ? NullNode.instance : form.apply(given);
  }

  private static JsonNode list(@Nullable JsonNode given, UnaryOperator<JsonNode> form) {
    if (given == null || !given.isArray()) {
      return NullNode.instance;
    }
    ArrayNode out = NODES.arrayNode();
    given.forEach(each -> out.add(form.apply(each)));
    return out;
  }

  private static JsonNode map(@Nullable JsonNode given, UnaryOperator<JsonNode> form) {
    if (given == null || !given.isObject()) {
      return NullNode.instance;
    }
    TreeMap<String, JsonNode> members = new TreeMap<>();
    given.properties().forEach(each -> members.put(each.getKey(), form.apply(each.getValue())));
    ObjectNode out = NODES.objectNode();
    out.setAll(members);
    return out;
  }
}
