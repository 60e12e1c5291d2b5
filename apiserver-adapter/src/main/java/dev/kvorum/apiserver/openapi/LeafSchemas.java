package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.Leaf;
import org.jspecify.annotations.Nullable;

/** Schemas of values without fields of their own. Some of them have names. */
final class LeafSchemas {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final String CUSTOM = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";

  private LeafSchemas() {}

  /** @param siblings whether something may be added to it */
  static ObjectNode of(Leaf leaf, boolean siblings) {
    String definition = definition(leaf);
    if (definition != null) {
      return siblings ? Nodes.wrapped(definition) : Nodes.reference(definition);
    }
    return switch (leaf) {
      case BOOLEAN -> Nodes.type("boolean");
      case INT32 -> Nodes.type("integer").put("format", "int32");
      case INT64 -> Nodes.type("integer").put("format", "int64");
      case DOUBLE -> Nodes.type("number").put("format", "double");
      case BYTES -> Nodes.type("string").put("format", "byte");
      default -> Nodes.type("string");
    };
  }

  private static @Nullable String definition(Leaf leaf) {
    return switch (leaf) {
      case STRING, BOOLEAN, INT32, INT64, DOUBLE, BYTES -> null;
      case QUANTITY -> "io.k8s.apimachinery.pkg.api.resource.Quantity";
      case INT_OR_STRING -> "io.k8s.apimachinery.pkg.util.intstr.IntOrString";
      case TIME -> META + "Time";
      case MICRO_TIME -> META + "MicroTime";
      case DURATION -> META + "Duration";
      case RAW_EXTENSION -> "io.k8s.apimachinery.pkg.runtime.RawExtension";
      case JSON -> CUSTOM + "JSON";
      case FIELDS_V1 -> META + "FieldsV1";
      case SCHEMA_OR_ARRAY -> CUSTOM + "JSONSchemaPropsOrArray";
      case SCHEMA_OR_BOOL -> CUSTOM + "JSONSchemaPropsOrBool";
      case SCHEMA_OR_STRINGS -> CUSTOM + "JSONSchemaPropsOrStringArray";
    };
  }

  /** The schema of a leaf's definition; null if it is none. */
  static @Nullable ObjectNode find(String definition) {
    for (Leaf leaf : Leaf.values()) {
      if (definition.equals(definition(leaf))) {
        return content(leaf);
      }
    }
    return null;
  }

  private static ObjectNode content(Leaf leaf) {
    return switch (leaf) {
      case QUANTITY -> either("string", "number");
      case INT_OR_STRING -> either("integer", "string").put("format", "int-or-string");
      case TIME, MICRO_TIME -> Nodes.type("string").put("format", "date-time");
      case RAW_EXTENSION, FIELDS_V1 -> Nodes.type("object");
      case JSON, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS -> Nodes.object();
      default -> Nodes.type("string");
    };
  }

  private static ObjectNode either(String first, String second) {
    ObjectNode schema = Nodes.object();
    schema.putArray("oneOf").add(Nodes.type(first)).add(Nodes.type(second));
    return schema;
  }

  static void putZero(ObjectNode schema, Leaf leaf) {
    switch (leaf) {
      case STRING -> schema.put("default", "");
      case BOOLEAN -> schema.put("default", false);
      case INT32, INT64, DOUBLE -> schema.put("default", 0);
      default -> {}
    }
  }
}
