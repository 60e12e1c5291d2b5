package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.JsonReader;
import dev.kvorum.apiserver.json.ReadObject;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Makes the canonical form of a tree of which nothing is known: members sorted, numbers as whole ones where they are. */
final class UntypedReader {
  /** From here on a double cannot be told from its neighbours as a whole number of 64 bits. */
  private static final double WHOLE_BELOW = 0x1p63;

  private final StrictErrors strict;

  UntypedReader(StrictErrors strict) {
    this.strict = strict;
  }

  JsonNode value(JsonNode raw) {
    return switch (raw.getNodeType()) {
      case OBJECT -> object((ObjectNode) raw);
      case ARRAY -> {
        ArrayNode result = JsonNodeFactory.instance.arrayNode(raw.size());
        for (int i = 0; i < raw.size(); i++) {
          int before = strict.enter(i);
          result.add(value(raw.get(i)));
          strict.leave(before);
        }
        yield result;
      }
      case NUMBER -> number(raw);
      default -> raw;
    };
  }

  ObjectNode object(ObjectNode raw) {
    Map<String, JsonNode> sorted = new TreeMap<>();
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, JsonNode> member : ReadObject.members(raw)) {
      if (!seen.add(member.getKey())) {
        strict.duplicate(member.getKey());
      }
      int before = strict.enter(member.getKey());
      sorted.put(member.getKey(), value(member.getValue()));
      strict.leave(before);
    }
    ObjectNode result = JsonNodeFactory.instance.objectNode();
    result.setAll(sorted);
    return result;
  }

  /** A tree whose numbers do not remember how they were written, otherwise as it is. */
  static JsonNode plain(JsonNode raw) {
    return switch (raw.getNodeType()) {
      case OBJECT -> {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        raw.properties().forEach(each -> result.set(each.getKey(), plain(each.getValue())));
        yield result;
      }
      case ARRAY -> {
        ArrayNode result = JsonNodeFactory.instance.arrayNode(raw.size());
        raw.forEach(each -> result.add(plain(each)));
        yield result;
      }
      case NUMBER -> number(raw);
      default -> raw;
    };
  }

  static JsonNode number(JsonNode raw) {
    if (raw.isIntegralNumber() && raw.canConvertToLong()) {
      return JsonReader.whole(raw.longValue());
    }
    double value = raw.doubleValue();
    boolean whole = value == Math.rint(value) && Math.abs(value) < WHOLE_BELOW;
    return whole ? JsonReader.whole((long) value) : JsonNodeFactory.instance.numberNode(value);
  }
}
