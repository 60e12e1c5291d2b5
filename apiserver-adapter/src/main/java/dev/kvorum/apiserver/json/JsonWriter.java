package dev.kvorum.apiserver.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;

/**
 * Writes JSON byte for byte as the Kubernetes API does: members in the order of the tree, {@code <}, {@code >}, {@code &}
 * and the two line separators of Unicode escaped.
 */
public final class JsonWriter {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

  private final Output out = new Output();
  private final boolean pretty;
  private int depth;

  /** The bytes so far; not shared between threads. */
  private static final class Output extends ByteArrayOutputStream {
    Output() {
      super(1024);
    }

    void ascii(String text) {
      for (int i = 0; i < text.length(); i++) {
        write(text.charAt(i));
      }
    }
  }

  private JsonWriter(boolean pretty) {
    this.pretty = pretty;
  }

  /** Without any space. */
  public static byte[] compact(JsonNode value) {
    return write(value, false);
  }

  /** For people: two spaces a level. */
  public static byte[] pretty(JsonNode value) {
    return write(value, true);
  }

  private static byte[] write(JsonNode value, boolean pretty) {
    JsonWriter writer = new JsonWriter(pretty);
    writer.value(value);
    return writer.out.toByteArray();
  }

  private void value(JsonNode value) {
    switch (value.getNodeType()) {
      case OBJECT -> object(value);
      case ARRAY -> array(value);
      case STRING -> string(value.textValue());
      case NUMBER -> out.ascii(number(value));
      case BOOLEAN -> out.ascii(value.booleanValue() ? "true" : "false");
      case NULL, MISSING -> out.ascii("null");
      default ->
        throw new IllegalArgumentException("no JSON: a value of type " + value.getNodeType());
    }
  }

  private static String number(JsonNode value) {
    if (value instanceof NumberLiteral written) {
      return written.literal();
    }
    return value.isIntegralNumber() ? value.asText() : GoNumbers.json(value.doubleValue());
  }

  private void object(JsonNode object) {
    if (object.isEmpty()) {
      out.ascii("{}");
      return;
    }
    out.write('{');
    depth++;
    Iterator<Map.Entry<String, JsonNode>> members = object.properties().iterator();
    while (members.hasNext()) {
      Map.Entry<String, JsonNode> member = members.next();
      line();
      string(member.getKey());
      out.write(':');
      if (pretty) {
        out.write(' ');
      }
      value(member.getValue());
      if (members.hasNext()) {
        out.write(',');
      }
    }
    depth--;
    line();
    out.write('}');
  }

  private void array(JsonNode array) {
    if (array.isEmpty()) {
      out.ascii("[]");
      return;
    }
    out.write('[');
    depth++;
    for (int i = 0; i < array.size(); i++) {
      if (i > 0) {
        out.write(',');
      }
      line();
      value(array.get(i));
    }
    depth--;
    line();
    out.write(']');
  }

  private void line() {
    if (pretty) {
      out.write('\n');
      for (int i = 0; i < depth; i++) {
        out.write(' ');
        out.write(' ');
      }
    }
  }

  private void string(String text) {
    out.write('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        ascii(c);
      } else if (c < 0x800) {
        out.write(0xc0 | c >> 6);
        out.write(0x80 | (c & 0x3f));
      } else if (c == '\u2028' || c == '\u2029') {
        out.ascii(c == '\u2028' ? "\\u2028" : "\\u2029");
      } else if (!Character.isSurrogate(c)) {
        out.write(0xe0 | c >> 12);
        out.write(0x80 | (c >> 6 & 0x3f));
        out.write(0x80 | (c & 0x3f));
      } else if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        out.write(0xf0 | point >> 18);
        out.write(0x80 | (point >> 12 & 0x3f));
        out.write(0x80 | (point >> 6 & 0x3f));
        out.write(0x80 | (point & 0x3f));
      } else {
        out.ascii("\\ufffd");
      }
    }
    out.write('"');
  }

  private void ascii(char c) {
    switch (c) {
      case '"', '\\' -> {
        out.write('\\');
        out.write(c);
      }
      case '\b' -> out.ascii("\\b");
      case '\f' -> out.ascii("\\f");
      case '\n' -> out.ascii("\\n");
      case '\r' -> out.ascii("\\r");
      case '\t' -> out.ascii("\\t");
      default -> {
        if (c < ' ' || c == '<' || c == '>' || c == '&') {
          out.ascii("\\u00");
          out.write(HEX[c >> 4]);
          out.write(HEX[c & 0xf]);
        } else {
          out.write(c);
        }
      }
    }
  }
}
