package dev.kvorum.apiserver.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON as the Kubernetes API does, with its words for what is wrong: whole numbers of 64 bits stay exact, others are
 * doubles that remember how they were written, bytes that are no UTF-8 become U+FFFD, and of several members with one name
 * the last one counts, while their name is remembered.
 */
public final class JsonReader {
  /**
   * Containers inside each other. Upstream allows ten thousand; this is what every reader of what is stored bears, with
   * room for the lists that objects are in.
   */
  public static final int MAX_DEPTH = 500;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String VALUE = "looking for beginning of value";
  private static final String KEY = "looking for beginning of object key string";
  private static final int MAX_EXACT_DIGITS = 19;

  private final byte[] text;
  private int at;
  private int depth;

  private JsonReader(byte[] text) {
    this.text = text;
  }

  /**
   * Reads one value.
   *
   * @throws JsonSyntaxException if it is none, or more than one
   */
  public static JsonNode read(byte[] text) throws JsonSyntaxException {
    JsonReader reader = new JsonReader(text);
    JsonNode value = reader.value();
    reader.skipSpace();
    if (reader.at < text.length) {
      throw JsonSyntaxException.character(text[reader.at] & 0xff, "after top-level value");
    }
    return value;
  }

  private JsonNode value() throws JsonSyntaxException {
    int first = next();
    return switch (first) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> NODES.textNode(string());
      case 't' -> literal("true", NODES.booleanNode(true));
      case 'f' -> literal("false", NODES.booleanNode(false));
      case 'n' -> literal("null", NODES.nullNode());
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw JsonSyntaxException.character(first, VALUE);
    };
  }

  private ObjectNode object() throws JsonSyntaxException {
    enter();
    ReadObject object = new ReadObject();
    at++;
    if (next() == '}') {
      at++;
      depth--;
      return object;
    }
    while (true) {
      int quote = next();
      if (quote != '"') {
        throw JsonSyntaxException.character(quote, KEY);
      }
      String name = string();
      int colon = next();
      if (colon != ':') {
        throw JsonSyntaxException.character(colon, "after object key");
      }
      at++;
      object.add(name, value());
      int after = next();
      at++;
      if (after == '}') {
        depth--;
        return object;
      }
      if (after != ',') {
        throw JsonSyntaxException.character(after, "after object key:value pair");
      }
    }
  }

  private ArrayNode array() throws JsonSyntaxException {
    enter();
    ArrayNode array = NODES.arrayNode();
    at++;
    if (next() == ']') {
      at++;
      depth--;
      return array;
    }
    while (true) {
      array.add(value());
      int after = next();
      at++;
      if (after == ']') {
        depth--;
        return array;
      }
      if (after != ',') {
        throw JsonSyntaxException.character(after, "after array element");
      }
    }
  }

  private void enter() throws JsonSyntaxException {
    if (++depth > MAX_DEPTH) {
      throw new JsonSyntaxException("exceeded max depth");
    }
  }

  private JsonNode literal(String word, JsonNode value) throws JsonSyntaxException {
    for (int i = 0; i < word.length(); i++, at++) {
      int found = inside();
      if (found != word.charAt(i)) {
        throw JsonSyntaxException.character(
            found, "in literal " + word + " (expecting '" + word.charAt(i) + "')");
      }
    }
    return value;
  }

  private JsonNode number() throws JsonSyntaxException {
    int start = at;
    if (text[at] == '-') {
      at++;
      if (!isDigit(inside())) {
        throw JsonSyntaxException.character(inside(), "in numeric literal");
      }
    }
    if (text[at] == '0') {
      at++;
    } else {
      skipDigits();
    }
    if (at < text.length && text[at] == '.') {
      at++;
      if (!isDigit(inside())) {
        throw JsonSyntaxException.character(inside(), "after decimal point in numeric literal");
      }
      skipDigits();
    }
    if (at < text.length && (text[at] == 'e' || text[at] == 'E')) {
      at++;
      if (inside() == '+' || inside() == '-') {
        at++;
      }
      if (!isDigit(inside())) {
        throw JsonSyntaxException.character(inside(), "in exponent of numeric literal");
      }
      skipDigits();
    }
    String literal = new String(text, start, at - start, StandardCharsets.ISO_8859_1);
    return number(literal);
  }

  /**
   * A number as it is written.
   *
   * @param literal a number in JSON
   */
  public static JsonNode number(String literal) {
    if (literal.length() <= MAX_EXACT_DIGITS + 1) {
      try {
        return whole(Long.parseLong(literal));
      } catch (NumberFormatException e) {
        return new NumberLiteral(literal);
      }
    }
    return new NumberLiteral(literal);
  }

  /** A whole number, in the same form whoever makes it. */
  public static JsonNode whole(long value) {
    return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
  }

  private String string() throws JsonSyntaxException {
    int start = ++at;
    while (true) {
      int found = current();
      if (found == '"') {
        String plain = new String(text, start, at - start, StandardCharsets.UTF_8);
        at++;
        return plain;
      }
      if (found == '\\') {
        return escaped(start);
      }
      checkInString(found);
      at++;
    }
  }

  private String escaped(int from) throws JsonSyntaxException {
    StringBuilder result = new StringBuilder();
    int start = from;
    while (true) {
      int found = current();
      if (found != '"' && found != '\\') {
        checkInString(found);
        at++;
        continue;
      }
      result.append(new String(text, start, at - start, StandardCharsets.UTF_8));
      at++;
      if (found == '"') {
        return withoutLoneSurrogates(result);
      }
      int code = inside();
      at++;
      switch (code) {
        case '"', '\\', '/' -> result.append((char) code);
        case 'b' -> result.append('\b');
        case 'f' -> result.append('\f');
        case 'n' -> result.append('\n');
        case 'r' -> result.append('\r');
        case 't' -> result.append('\t');
        case 'u' -> result.append(hexadecimal());
        default -> throw JsonSyntaxException.character(code, "in string escape code");
      }
      start = at;
    }
  }

  private char hexadecimal() throws JsonSyntaxException {
    int value = 0;
    for (int i = 0; i < 4; i++, at++) {
      int digit = Character.digit(inside(), 16);
      if (digit < 0 || inside() > 'f') {
        throw JsonSyntaxException.character(inside(), "in \\u hexadecimal character escape");
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  private static String withoutLoneSurrogates(StringBuilder text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        text.setCharAt(i, '\ufffd');
      }
    }
    return text.toString();
  }

  private static void checkInString(int found) throws JsonSyntaxException {
    if (found < ' ') {
      throw JsonSyntaxException.character(found, "in string literal");
    }
  }

  private void skipDigits() {
    while (at < text.length && isDigit(text[at])) {
      at++;
    }
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private int current() throws JsonSyntaxException {
    if (at >= text.length) {
      throw JsonSyntaxException.end();
    }
    return text[at] & 0xff;
  }

  /** Inside a word or number, of which upstream says that a space ended it if the text does. */
  private int inside() {
    return at < text.length ? text[at] & 0xff : ' ';
  }

  private int next() throws JsonSyntaxException {
    skipSpace();
    return current();
  }

  private void skipSpace() {
    while (at < text.length
        && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t' || text[at] == '\r')) {
      at++;
    }
  }
}
