package dev.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.GoText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path of a field by names alone.
 *
 * @param written as a definition has it, as {@code .spec.replicas}
 * @param names from the top of the object
 */
public record ObjectPath(String written, List<String> names) {

  /** Something on the way, or at the end, is of another type than it has to be. */
  public static final class WrongType extends Exception {
    private static final long serialVersionUID = 1;

    WrongType(String message) {
      super(message, null, false, false);
    }
  }

  public ObjectPath {
    names = List.copyOf(names);
  }

  /** Reads one as definitions write it. */
  public static ObjectPath parse(String written) {
    String path = written.startsWith(".") ? written.substring(1) : written;
    return new ObjectPath(written, List.of(path.split("\\.", -1)));
  }

  /** The whole number at its end; null if there is none. */
  @Nullable
  Long number(JsonNode object) throws WrongType {
    JsonNode value = find(object);
    if (value == null) {
      return null;
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    throw wrongType(names.size(), value, "int64");
  }

  /** The text at its end; null if there is none. */
  @Nullable
  String text(JsonNode object) throws WrongType {
    JsonNode value = find(object);
    if (value == null || value.isTextual()) {
      return value == null ? null : value.textValue();
    }
    throw wrongType(names.size(), value, "string");
  }

  private @Nullable JsonNode find(JsonNode object) throws WrongType {
    JsonNode value = object;
    for (int i = 0; i < names.size(); i++) {
      if (value.isNull()) {
        return null;
      }
      if (!value.isObject()) {
        throw wrongType(i + 1, value, "map[string]interface {}");
      }
      value = value.get(names.get(i));
      if (value == null) {
        return null;
      }
    }
    return value;
  }

  private WrongType wrongType(int length, JsonNode value, String wanted) {
    return new WrongType("." + String.join(".", names.subList(0, length)) + " accessor error: "
        + GoText.of(value) + " is of the type " + GoText.typeOf(value) + ", expected " + wanted);
  }

  /** Puts a number at its end; what is missing on the way is made. */
  void put(ObjectNode object, long number) throws WrongType {
    ObjectNode parent = object;
    for (int i = 0; i < names.size() - 1; i++) {
      JsonNode next = parent.get(names.get(i));
      if (next == null) {
        parent = parent.putObject(names.get(i));
      } else if (next instanceof ObjectNode map) {
        parent = map;
      } else {
        throw new WrongType("value cannot be set because ."
            + String.join(".", names.subList(0, i + 1)) + " is not a map[string]interface{}");
      }
    }
    parent.set(names.getLast(), LongNode.valueOf(number));
  }
}
