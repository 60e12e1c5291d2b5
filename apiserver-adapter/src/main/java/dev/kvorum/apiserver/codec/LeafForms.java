package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kvorum.apiserver.json.JsonReader;
import dev.kvorum.apiserver.json.NumberLiteral;
import dev.kvorum.apiserver.quantity.Quantity;
import dev.kvorum.apiserver.quantity.QuantityException;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Canonical forms of values without parts. */
final class LeafForms {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String SCHEMA =
      "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";
  private static final Type NAMES = new ListType(
      Leaf.STRING, new ListType.Merging(ListType.Identity.ATOMIC, List.of(), false), false);

  private final Place place;
  private final TypedReader reader;

  LeafForms(Place place, TypedReader reader) {
    this.place = place;
    this.reader = reader;
  }

  /**
   * One of them.
   *
   * @param raw not null
   * @return null if it means nothing
   */
  @Nullable
  JsonNode value(JsonNode raw, Leaf leaf) throws UnfitException {
    return switch (leaf) {
      case STRING -> text(raw, leaf);
      case BOOLEAN -> {
        if (!raw.isBoolean()) {
          throw place.unfit(raw, leaf);
        }
        yield raw;
      }
      case INT32 -> whole(raw, Integer.MIN_VALUE, Integer.MAX_VALUE, "int32");
      case INT64 -> whole(raw, Long.MIN_VALUE, Long.MAX_VALUE, "int64");
      case DOUBLE -> {
        if (!raw.isNumber()) {
          throw place.unfit(raw, leaf);
        }
        if (Double.isInfinite(raw.doubleValue())) {
          throw place.unfitNumber(raw, "float64");
        }
        yield UntypedReader.number(raw);
      }
      case BYTES -> NODES.textNode(Base64Text.canonical(text(raw, leaf).textValue()));
      case QUANTITY -> quantity(raw);
      case INT_OR_STRING ->
        raw.isTextual() ? raw : whole(raw, Integer.MIN_VALUE, Integer.MAX_VALUE, "int32");
      case TIME, MICRO_TIME -> {
        String time = Times.canonical(text(raw, Leaf.STRING).textValue(), leaf == Leaf.MICRO_TIME);
        yield time == null ? null : NODES.textNode(time);
      }
      case DURATION -> text(raw, leaf);
      case RAW_EXTENSION, FIELDS_V1, JSON -> UntypedReader.plain(raw);
      case SCHEMA_OR_ARRAY -> raw.isArray() ? schemas(raw) : raw.isObject() ? schema(raw) : null;
      case SCHEMA_OR_BOOL -> {
        if (!raw.isBoolean() && !raw.isObject()) {
          throw new UnfitException("boolean or JSON schema expected");
        }
        yield raw.isBoolean() ? raw : schema(raw);
      }
      case SCHEMA_OR_STRINGS ->
        raw.isArray() ? reader.value(raw, NAMES) : raw.isObject() ? schema(raw) : null;
    };
  }

  private JsonNode text(JsonNode raw, Leaf leaf) throws UnfitException {
    if (!raw.isTextual()) {
      throw place.unfit(raw, leaf);
    }
    return raw;
  }

  private JsonNode whole(JsonNode raw, long least, long most, String goType) throws UnfitException {
    if (!raw.isNumber()) {
      throw place.unfit(raw, goType);
    }
    boolean fits = raw.isIntegralNumber()
        && raw.canConvertToLong()
        && raw.longValue() >= least
        && raw.longValue() <= most;
    if (!fits) {
      throw place.unfitNumber(raw, goType);
    }
    return JsonReader.whole(raw.longValue());
  }

  private static JsonNode quantity(JsonNode raw) throws UnfitException {
    String written = raw instanceof NumberLiteral number
        ? number.literal()
        : raw.isValueNode() ? raw.asText() : "{}";
    try {
      return NODES.textNode(Quantity.parse(written.strip()).text());
    } catch (QuantityException e) {
      throw new UnfitException(String.valueOf(e.getMessage()));
    }
  }

  private ArrayNode schemas(JsonNode raw) throws UnfitException {
    ArrayNode result = NODES.arrayNode();
    for (JsonNode each : raw) {
      result.add(schema(each.isNull() ? NODES.objectNode() : each));
    }
    return result;
  }

  /** A schema inside a schema, of which strictness knows nothing. */
  private static JsonNode schema(JsonNode raw) throws UnfitException {
    ObjectType type = Objects.requireNonNull(BuiltInTypes.get().find(SCHEMA), SCHEMA);
    return new TypedReader(new StrictErrors()).object(raw, type);
  }
}
