package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.json.GoNumbers;
import dev.kvorum.apiserver.json.NumberLiteral;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import dev.kvorum.apiserver.schema.WireMember;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.StringJoiner;

/** Where a reader is, as messages about values of a wrong type say it: the innermost object's type and the fields' names. */
final class Place {
  private record Step(ObjectType type, String name) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  void enter(ObjectType type, String name) {
    steps.addLast(new Step(type, name));
  }

  void leave() {
    steps.removeLast();
  }

  UnfitException unfit(JsonNode value, Type type) {
    return unfit(nameOf(value), typeName(type));
  }

  UnfitException unfitNumber(JsonNode value, String goType) {
    String literal = value instanceof NumberLiteral written
        ? written.literal()
        : value.isIntegralNumber() ? value.asText() : GoNumbers.json(value.doubleValue());
    return unfit("number " + literal, goType);
  }

  UnfitException unfit(JsonNode value, String goType) {
    return unfit(nameOf(value), goType);
  }

  private UnfitException unfit(String value, String goType) {
    String text = "json: cannot unmarshal " + value + " into Go ";
    if (steps.isEmpty()) {
      return new UnfitException(text + "value of type " + goType);
    }
    StringJoiner path = new StringJoiner(".");
    for (Step step : steps) {
      String embedded = embedded(step);
      if (!embedded.isEmpty()) {
        path.add(embedded);
      }
      path.add(step.name);
    }
    return new UnfitException(text + "struct field " + baseName(steps.getLast().type) + "." + path
        + " of type " + goType);
  }

  /** What the field is part of in Go, though not in JSON; empty if of nothing. */
  private static String embedded(Step step) {
    List<WireMember> wire = step.type.wire();
    if (wire != null) {
      for (WireMember member : wire) {
        if (member instanceof WireMember.Embedded inner && inner.type().field(step.name) != null) {
          return baseName(inner.type());
        }
      }
    }
    return "";
  }

  static String nameOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "bool";
      default -> "null";
    };
  }

  private static String baseName(ObjectType type) {
    String name = type.definition();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String typeName(Type type) {
    return switch (type) {
      case ListType list -> "[]" + typeName(list.elements());
      case MapType map -> "map[string]" + typeName(map.values());
      case ObjectType object -> {
        String name = object.definition();
        int base = name.lastIndexOf('.');
        yield name.substring(name.lastIndexOf('.', base - 1) + 1);
      }
      case Leaf leaf ->
        switch (leaf) {
          case STRING -> "string";
          case BOOLEAN -> "bool";
          case INT32 -> "int32";
          case INT64 -> "int64";
          case DOUBLE -> "float64";
          case BYTES -> "[]uint8";
          case QUANTITY -> "resource.Quantity";
          case INT_OR_STRING -> "intstr.IntOrString";
          case TIME -> "v1.Time";
          case MICRO_TIME -> "v1.MicroTime";
          case DURATION -> "v1.Duration";
          case RAW_EXTENSION -> "runtime.RawExtension";
          case FIELDS_V1 -> "v1.FieldsV1";
          case JSON -> "v1.JSON";
          case SCHEMA_OR_ARRAY -> "v1.JSONSchemaPropsOrArray";
          case SCHEMA_OR_BOOL -> "v1.JSONSchemaPropsOrBool";
          case SCHEMA_OR_STRINGS -> "v1.JSONSchemaPropsOrStringArray";
        };
    };
  }
}
