package dev.kvorum.apiserver.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.POJONode;
import java.util.TreeMap;

/**
 * JSON and strings as Go's libraries write them, which messages of the Kubernetes API do: {@code <} is escaped in JSON,
 * keys of maps are in order, what cannot be printed is escaped in a quoted string.
 */
public final class GoJson {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private GoJson() {}

  /** A value as messages about fields show it: scalars as they are, strings quoted, the rest as JSON. */
  public static String shown(JsonNode value) {
    if (value.isTextual()) {
      return quoted(value.textValue());
    }
    return value.isNumber() || value.isBoolean() ? GoText.of(value) : of(value);
  }

  /** A value that messages about fields show as JSON even if it is a string: what may be missing is a pointer in Go. */
  public static JsonNode pointer(JsonNode value) {
    return JsonNodeFactory.instance.pojoNode(value);
  }

  /** A string in quotes, as {@code %q} has it. */
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    text.codePoints().forEach(each -> {
      switch (each) {
        case '"', '\\' -> out.append('\\').append((char) each);
        case 0x07 -> out.append("\\a");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case 0x0b -> out.append("\\v");
        default -> {
          if (isPrintable(each)) {
            out.appendCodePoint(each);
          } else if (each < ' ' || each == 0x7f) {
            out.append("\\x").append(hex(each, 2));
          } else if (Character.isBmpCodePoint(each)) {
            out.append("\\u").append(hex(each, 4));
          } else {
            out.append("\\U").append(hex(each, 8));
          }
        }
      }
    });
    return out.append('"').toString();
  }

  /** Whether it is a letter, mark, number, punctuation, symbol or the plain space. */
  public static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR -> false;
      case Character.SPACE_SEPARATOR -> codePoint == ' ';
      default -> true;
    };
  }

  /** JSON without spaces; members in the order in which the value has them. */
  public static String of(JsonNode value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  /** The same value with the members of all objects in alphabetic order, as maps have them. */
  public static JsonNode sorted(JsonNode value) {
    if (value.isObject()) {
      TreeMap<String, JsonNode> members = new TreeMap<>();
      value.properties().forEach(each -> members.put(each.getKey(), sorted(each.getValue())));
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      object.setAll(members);
      return object;
    }
    if (value.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode(value.size());
      value.forEach(each -> array.add(sorted(each)));
      return array;
    }
    return value;
  }

  private static void write(JsonNode value, StringBuilder out) {
    switch (value.getNodeType()) {
      case OBJECT -> {
        String separator = "{";
        for (var member : value.properties()) {
          writeString(member.getKey(), out.append(separator));
          write(member.getValue(), out.append(':'));
          separator = ",";
        }
        out.append(value.isEmpty() ? "{}" : "}");
      }
      case ARRAY -> {
        String separator = "[";
        for (JsonNode element : value) {
          write(element, out.append(separator));
          separator = ",";
        }
        out.append(value.isEmpty() ? "[]" : "]");
      }
      case STRING -> writeString(value.textValue(), out);
      case NUMBER -> out.append(number(value));
      case BOOLEAN -> out.append(value.booleanValue());
      case POJO -> write((JsonNode) ((POJONode) value).getPojo(), out);
      default -> out.append("null");
    }
  }

  /** As {@code %v}, but positional down to 1e-6, and with as few digits in the exponent as it takes. */
  private static String number(JsonNode value) {
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.asText();
    }
    double number = value.doubleValue();
    double size = Math.abs(number);
    if (size >= 1e-6 && size < 1e-4) {
      return value.decimalValue().stripTrailingZeros().toPlainString();
    }
    return GoText.of(JsonNodeFactory.instance.numberNode(number)).replace("e-0", "e-");
  }

  private static void writeString(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      switch (each) {
        case '"', '\\' -> out.append('\\').append(each);
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '<', '>', '&', '\u2028', '\u2029' -> out.append("\\u").append(hex(each, 4));
        default -> {
          if (each < ' ') {
            out.append("\\u").append(hex(each, 4));
          } else {
            out.append(each);
          }
        }
      }
    }
    out.append('"');
  }

  private static String hex(int value, int digits) {
    char[] text = new char[digits];
    for (int i = digits - 1, rest = value; i >= 0; i--, rest >>>= 4) {
      text[i] = HEX[rest & 15];
    }
    return new String(text);
  }
}
