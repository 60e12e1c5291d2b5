package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A step from a value to one of its parts. */
sealed interface PathElement extends Comparable<PathElement> {

  /** To the value of a field or of a map's key. */
  record Name(String name) implements PathElement {
    @Override
    public String written() {
      return "f:" + name;
    }

    @Override
    public String toString() {
      return "." + name;
    }
  }

  /** To the element of a list that has these values in these fields. */
  record Key(SortedMap<String, JsonNode> fields) implements PathElement {
    @Override
    public String written() {
      ObjectNode object = Format.JSON.createObjectNode();
      object.setAll(fields);
      return "k:" + object;
    }

    @Override
    public String toString() {
      return fields.entrySet().stream()
          .map(field -> field.getKey() + "=" + field.getValue())
          .collect(Collectors.joining(",", "[", "]"));
    }
  }

  /** To the element of a set that is this scalar. */
  record Value(JsonNode scalar) implements PathElement {
    @Override
    public String written() {
      return "v:" + scalar;
    }

    @Override
    public String toString() {
      return "[=" + scalar + "]";
    }
  }

  /** To the element of a list at a place. */
  record Index(int index) implements PathElement {
    @Override
    public String written() {
      return "i:" + index;
    }

    @Override
    public String toString() {
      return "[" + index + "]";
    }
  }

  /** As {@code fieldsV1} has it. */
  String written();

  /**
   * Reads what {@link #written} made.
   *
   * @throws IllegalArgumentException if it is something else
   */
  static PathElement read(String written) {
    String content = written.length() < 2 ? "" : written.substring(2);
    if (written.length() < 2 || written.charAt(1) != ':') {
      throw new IllegalArgumentException("missing colon: " + written);
    }
    return switch (written.charAt(0)) {
      case 'f' -> new Name(content);
      case 'v' -> new Value(Scalars.canonical(Format.scalar(content)));
      case 'i' -> new Index(Format.index(content));
      case 'k' -> {
        SortedMap<String, JsonNode> fields = new TreeMap<>();
        for (Map.Entry<String, JsonNode> field : Format.json(content).properties()) {
          fields.put(field.getKey(), Scalars.canonical(field.getValue()));
        }
        yield new Key(fields);
      }
      default -> throw new IllegalArgumentException("unknown path element type: " + written);
    };
  }

  @Override
  default int compareTo(PathElement other) {
    int byKind = Integer.compare(Format.rank(this), Format.rank(other));
    if (byKind != 0) {
      return byKind;
    }
    return switch (this) {
      case Name one -> one.name.compareTo(((Name) other).name);
      case Key one -> Format.compare(one.fields, ((Key) other).fields);
      case Value one -> Scalars.compare(one.scalar, ((Value) other).scalar);
      case Index one -> Integer.compare(one.index, ((Index) other).index);
    };
  }

  /** What the kinds share. */
  final class Format {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Format() {}

    private static int rank(PathElement element) {
      return switch (element) {
        case Name name -> 0;
        case Key key -> 1;
        case Value value -> 2;
        case Index index -> 3;
      };
    }

    private static int compare(SortedMap<String, JsonNode> one, SortedMap<String, JsonNode> other) {
      Iterator<Map.Entry<String, JsonNode>> others = other.entrySet().iterator();
      for (Map.Entry<String, JsonNode> field : one.entrySet()) {
        if (!others.hasNext()) {
          return 1;
        }
        Map.Entry<String, JsonNode> against = others.next();
        int byName = field.getKey().compareTo(against.getKey());
        int order = byName != 0 ? byName : Scalars.compare(field.getValue(), against.getValue());
        if (order != 0) {
          return order;
        }
      }
      return others.hasNext() ? -1 : 0;
    }

    private static JsonNode json(String text) {
      try {
        JsonNode read = JSON.readTree(text);
        if (read == null || read.isMissingNode()) {
          throw new IllegalArgumentException("nothing where JSON was expected");
        }
        return read;
      } catch (JsonProcessingException e) {
        throw new IllegalArgumentException("not JSON: " + text, e);
      }
    }

    private static JsonNode scalar(String text) {
      JsonNode read = json(text);
      if (read.isContainerNode()) {
        throw new IllegalArgumentException("not a scalar: " + text);
      }
      return read;
    }

    private static int index(String text) {
      try {
        return Integer.parseInt(text);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("not an index: " + text, e);
      }
    }
  }
}
