package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kvorum.apiserver.table.JsonPath.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads paths. Confined to one thread, used once. */
final class JsonPathParser {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String ENDS = " \t\r\n.,[]$@{}";
  private static final Pattern SLICE = Pattern.compile("(-?\\d*)(:-?\\d*)?(:-?\\d*)?");
  private static final Pattern KEY = Pattern.compile("'([^']*)'");
  private static final Pattern COMPARISON = Pattern.compile("([^!<>=]+)([!<>=]+)(.+)");
  private static final Pattern NUMBER = Pattern.compile("[+-]?[\\d.]+");

  /** Why a text is no path; the text itself is known to who asks. */
  @SuppressWarnings("serial")
  private static final class NoPath extends RuntimeException {
    NoPath() {
      super("no path", null, false, false);
    }
  }

  private final String text;
  private final List<Step> steps = new ArrayList<>();
  private int position;

  JsonPathParser(String text) {
    this.text = text;
  }

  @Nullable
  JsonPath parse() {
    try {
      return new JsonPath(steps());
    } catch (NoPath | NumberFormatException none) {
      return null;
    }
  }

  private List<Step> steps() {
    while (position < text.length()) {
      step();
    }
    return steps;
  }

  private static List<Step> inner(String text) {
    return new JsonPathParser(text).steps();
  }

  private void step() {
    if (text.startsWith("[?(", position)) {
      filter();
      return;
    }
    if (text.startsWith("..", position)) {
      position += 2;
      steps.add(new JsonPath.Descent());
      if (position < text.length() && isWord(text.charAt(position))) {
        field();
      }
      return;
    }
    char c = text.charAt(position);
    switch (c) {
      case ' ', '@', '$' -> position++;
      case '[' -> array();
      case '"', '\'' -> quoted(c);
      case '.' -> {
        position++;
        field();
      }
      default -> constant();
    }
  }

  private static boolean isWord(char c) {
    return c == '_' || Character.isLetterOrDigit(c);
  }

  private void field() {
    int start = position;
    while (position < text.length() && ENDS.indexOf(text.charAt(position)) < 0) {
      position += text.charAt(position) == '\\' ? 2 : 1;
    }
    position = Math.min(position, text.length());
    String name = text.substring(start, position);
    if (name.equals("*")) {
      steps.add(new JsonPath.All());
    } else if (!name.isEmpty()) {
      steps.add(new JsonPath.Member(name.replace("\\", "")));
    } else if (position < text.length() && text.charAt(position) != '[') {
      // A dot alone is the object itself; two of them elsewhere are no path.
      throw new NoPath();
    }
  }

  private void constant() {
    Matcher number = NUMBER.matcher(text).region(position, text.length());
    if (number.lookingAt()) {
      String digits = number.group();
      steps.add(new JsonPath.Constant(number(digits)));
      position = number.end();
      return;
    }
    for (String word : new String[] {"true", "false"}) {
      if (text.startsWith(word, position)) {
        steps.add(new JsonPath.Constant(NODES.booleanNode(word.equals("true"))));
        position += word.length();
        return;
      }
    }
    throw new NoPath();
  }

  private static JsonNode number(String digits) {
    return digits.contains(".")
        ? NODES.numberNode(Double.parseDouble(digits))
        : NODES.numberNode(Long.parseLong(digits));
  }

  private void quoted(char quote) {
    StringBuilder value = new StringBuilder();
    int at = position + 1;
    while (at < text.length() && text.charAt(at) != quote) {
      if (text.charAt(at) == '\\') {
        at++;
      }
      if (at < text.length()) {
        value.append(text.charAt(at));
      }
      at++;
    }
    if (at >= text.length()) {
      throw new NoPath();
    }
    position = at + 1;
    steps.add(new JsonPath.Constant(NODES.textNode(value.toString())));
  }

  private void array() {
    int end = text.indexOf(']', position);
    if (end < 0) {
      throw new NoPath();
    }
    String content = text.substring(position + 1, end);
    position = end + 1;
    if (content.contains(",")) {
      List<List<Step>> paths = new ArrayList<>();
      for (String each : content.split(",", -1)) {
        paths.add(inner("[" + each.strip() + "]"));
      }
      steps.add(new JsonPath.Union(paths));
      return;
    }
    Matcher key = KEY.matcher(content);
    if (key.matches()) {
      steps.addAll(inner("." + key.group(1)));
      return;
    }
    Matcher slice = SLICE.matcher(content.equals("*") ? ":" : content);
    if (!slice.matches()) {
      throw new NoPath();
    }
    Integer start = bound(slice.group(1));
    String end1 = slice.group(2);
    Integer step = slice.group(3) == null ? null : bound(slice.group(3).substring(1));
    steps.add(new JsonPath.Elements(
        start,
        end1 == null ? null : bound(end1.substring(1)),
        step == null ? 1 : step,
        end1 == null));
  }

  private static @Nullable Integer bound(String digits) {
    return digits.isEmpty() ? null : Integer.valueOf(digits);
  }

  private void filter() {
    int start = position + "[?(".length();
    int end = start;
    char open = 0;
    while (end < text.length() && (open != 0 || text.charAt(end) != ')')) {
      char c = text.charAt(end);
      if (open == 0 && (c == '"' || c == '\'')) {
        open = c;
      } else if (c == open && text.charAt(end - 1) != '\\') {
        open = 0;
      }
      end++;
    }
    if (!text.startsWith(")]", end)) {
      throw new NoPath();
    }
    String condition = text.substring(start, end);
    position = end + 2;
    Matcher comparison = COMPARISON.matcher(condition);
    steps.add(
        comparison.matches()
            ? new JsonPath.Filter(
                inner(comparison.group(1)), comparison.group(2), inner(comparison.group(3)))
            : new JsonPath.Filter(inner(condition), "", List.of()));
  }
}
