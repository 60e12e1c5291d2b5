package dev.kvorum.apiserver.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.kvorum.apiserver.json.JsonReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a plain word is. */
final class Scalars {
  static final String TAGS = "tag:yaml.org,2002:";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Map<String, JsonNode> WORDS = words();
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
  private static final Pattern BARE_FLOAT =
      Pattern.compile("\\.[0-9](_?[0-9])*([eE][-+]?[0-9](_?[0-9])*)?");
  private static final Pattern INTEGER =
      Pattern.compile("([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)");
  private static final Pattern TIMESTAMP = Pattern.compile(
      "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:([Tt ])([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})"
          + "(?:[.,][0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})?)?");
  private static final BigInteger MAX_UNSIGNED =
      BigInteger.ONE.shiftLeft(Long.SIZE).subtract(BigInteger.ONE);
  private static final int MAX_INTEGER_TEXT = 80;

  private Scalars() {}

  private static Map<String, JsonNode> words() {
    Map<String, JsonNode> words = new HashMap<>();
    for (String word : "y Y yes Yes YES true True TRUE on On ON".split(" ", -1)) {
      words.put(word, BooleanNode.TRUE);
    }
    for (String word : "n N no No NO false False FALSE off Off OFF".split(" ", -1)) {
      words.put(word, BooleanNode.FALSE);
    }
    for (String word : "~ null Null NULL".split(" ", -1)) {
      words.put(word, NullNode.instance);
    }
    words.put("", NullNode.instance);
    for (String word : ".nan .NaN .NAN".split(" ", -1)) {
      words.put(word, NODES.numberNode(Double.NaN));
    }
    for (String word : ".inf .Inf .INF +.inf +.Inf +.INF".split(" ", -1)) {
      words.put(word, NODES.numberNode(Double.POSITIVE_INFINITY));
    }
    for (String word : "-.inf -.Inf -.INF".split(" ", -1)) {
      words.put(word, NODES.numberNode(Double.NEGATIVE_INFINITY));
    }
    return Map.copyOf(words);
  }

  /** The value of a scalar. Numbers beyond 64 bits, infinities and what is no number are doubles. */
  static JsonNode resolve(Node.Scalar scalar) throws YamlException {
    String tag = scalar.tag();
    String text = scalar.text();
    if (tag.isEmpty()) {
      return scalar.plain() ? plain(text) : NODES.textNode(text);
    }
    if (!tag.startsWith(TAGS)) {
      return NODES.textNode(text);
    }
    String shortTag = tag.substring(TAGS.length());
    return switch (shortTag) {
      case "binary" -> binary(text);
      case "bool", "int", "float", "null" -> tagged(text, shortTag);
      case "timestamp" -> {
        if (!isTimestamp(text)) {
          throw cannot(plain(text), text, shortTag);
        }
        yield NODES.textNode(text);
      }
      default -> NODES.textNode(text);
    };
  }

  private static JsonNode tagged(String text, String tag) throws YamlException {
    JsonNode value = plain(text);
    String is = tagOf(value);
    if (!is.equals(tag) && !(tag.equals("float") && is.equals("int"))) {
      throw cannot(value, text, tag);
    }
    return value;
  }

  private static YamlException cannot(JsonNode value, String text, String tag) {
    return YamlException.of("cannot decode !!" + tagOf(value) + " `" + text + "` as a !!" + tag);
  }

  private static String tagOf(JsonNode value) {
    return switch (value.getNodeType()) {
      case BOOLEAN -> "bool";
      case NUMBER -> value.isIntegralNumber() ? "int" : "float";
      case NULL -> "null";
      default -> "str";
    };
  }

  private static JsonNode binary(String text) throws YamlException {
    try {
      String compact = text.replace("\n", "").replace("\r", "");
      byte[] bytes = Base64.getDecoder().decode(compact);
      if (compact.length() % 4 != 0) {
        throw YamlException.of("!!binary value contains invalid base64 data");
      }
      return NODES.textNode(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw YamlException.of("!!binary value contains invalid base64 data");
    }
  }

  /** What a word without quotes and tag is. */
  static JsonNode plain(String text) {
    JsonNode number = null;
    char first = text.isEmpty() ? 'N' : text.charAt(0);
    boolean maybe = (first >= '0' && first <= '9') || "+-.yYnNtTfFoO~".indexOf(first) >= 0;
    if (maybe) {
      JsonNode word = WORDS.get(text);
      if (word != null) {
        return word;
      }
      if (first == '.') {
        number = BARE_FLOAT.matcher(text).matches() ? finite(text.replace("_", "")) : null;
      } else if (first == '+' || first == '-' || (first >= '0' && first <= '9')) {
        number = isTimestamp(text) ? null : number(text.replace("_", ""));
      }
    }
    return number == null ? NODES.textNode(text) : number;
  }

  private static @Nullable JsonNode number(String text) {
    Matcher integer = INTEGER.matcher(text);
    if (text.length() <= MAX_INTEGER_TEXT && integer.matches()) {
      BigInteger size = size(integer.group(2));
      boolean negative = integer.group(1).equals("-");
      BigInteger value = negative ? size.negate() : size;
      if (value.bitLength() < Long.SIZE) {
        return JsonReader.whole(value.longValue());
      }
      if (integer.group(1).isEmpty() && value.compareTo(MAX_UNSIGNED) <= 0) {
        return NODES.numberNode(value);
      }
    }
    return FLOAT.matcher(text).matches() ? finite(text) : null;
  }

  private static BigInteger size(String digits) {
    char second = digits.length() < 2 ? '0' : digits.charAt(1);
    if (digits.charAt(0) != '0' || digits.length() == 1) {
      return new BigInteger(digits);
    }
    return switch (second) {
      case 'x', 'X' -> new BigInteger(digits.substring(2), 16);
      case 'b', 'B' -> new BigInteger(digits.substring(2), 2);
      case 'o', 'O' -> new BigInteger(digits.substring(2), 8);
      default -> new BigInteger(digits, 8);
    };
  }

  private static @Nullable JsonNode finite(String text) {
    double value = Double.parseDouble(text);
    return Double.isInfinite(value) ? null : NODES.numberNode(value);
  }

  /** Whether a word would be taken for a point in time; it stays a word. */
  static boolean isTimestamp(String text) {
    Matcher matcher = TIMESTAMP.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    int month = Integer.parseInt(matcher.group(2));
    int day = Integer.parseInt(matcher.group(3));
    if (month < 1 || month > 12 || day < 1 || day > daysOf(matcher.group(1), month)) {
      return false;
    }
    String separator = matcher.group(4);
    if (separator == null) {
      return true;
    }
    boolean zoned = matcher.group(8) != null;
    return zoned != separator.equals(" ")
        && Integer.parseInt(matcher.group(5)) < 24
        && Integer.parseInt(matcher.group(6)) < 60
        && Integer.parseInt(matcher.group(7)) < 60;
  }

  private static int daysOf(String year, int month) {
    return YearMonth.of(Integer.parseInt(year), month).lengthOfMonth();
  }
}
