package dev.kvorum.apiserver.yaml;

import java.util.Locale;

/** The text that is being written, and where in its line it is. */
final class YamlLines {
  private static final int WIDTH = 80;
  private static final int STEP = 2;

  private final StringBuilder text = new StringBuilder();
  private int indent = -1;
  private int column;

  /** The last character was a space, or the line begins here. */
  private boolean whitespace = true;

  /** There is nothing on the line but indentation and what counts as such. */
  private boolean indention = true;

  String text() {
    return text.toString();
  }

  void end() {
    indent = -1;
    indent();
  }

  boolean isIndention() {
    return indention;
  }

  /** Returns what {@link #restoreIndent} needs. */
  int increaseIndent(boolean flow, boolean indentless) {
    int before = indent;
    if (indent < 0) {
      indent = flow ? STEP : 0;
    } else if (!indentless) {
      indent += STEP;
    }
    return before;
  }

  void restoreIndent(int before) {
    indent = before;
  }

  /** Goes to where the next part begins, on a new line unless this one is still free. */
  void indent() {
    int wanted = Math.max(0, indent);
    if (!indention || column > wanted || (column == wanted && !whitespace)) {
      lineBreak();
    }
    while (column < wanted) {
      put(' ');
    }
    whitespace = true;
    indention = true;
  }

  void indicator(String sign, boolean needSpace, boolean isSpace, boolean isIndention) {
    if (needSpace && !whitespace) {
      put(' ');
    }
    text.append(sign);
    column += sign.length();
    whitespace = isSpace;
    indention = indention && isIndention;
  }

  void scalar(String value, ScalarText.Style style, boolean simpleKey) {
    int before = increaseIndent(true, false);
    int[] points = value.codePoints().toArray();
    switch (style) {
      case PLAIN -> plain(points, !simpleKey);
      case SINGLE_QUOTED -> singleQuoted(points, !simpleKey);
      case DOUBLE_QUOTED -> doubleQuoted(points, !simpleKey);
      case LITERAL -> literal(points);
    }
    restoreIndent(before);
  }

  private void plain(int[] value, boolean fold) {
    if (!whitespace) {
      put(' ');
    }
    boolean spaces = false;
    for (int i = 0; i < value.length; i++) {
      if (value[i] == ' ') {
        boolean single = i + 1 >= value.length || value[i + 1] != ' ';
        if (fold && !spaces && column > WIDTH && single) {
          indent();
        } else {
          put(' ');
        }
        spaces = true;
      } else {
        put(value[i]);
        indention = false;
        spaces = false;
      }
    }
    whitespace = false;
    indention = false;
  }

  private void singleQuoted(int[] value, boolean fold) {
    indicator("'", true, false, false);
    boolean spaces = false;
    boolean breaks = false;
    for (int i = 0; i < value.length; i++) {
      int c = value[i];
      if (c == ' ') {
        boolean inside = i > 0 && i < value.length - 1 && value[i + 1] != ' ';
        if (fold && !spaces && column > WIDTH && inside) {
          indent();
        } else {
          put(' ');
        }
        spaces = true;
      } else if (ScalarText.isBreak(c)) {
        if (!breaks && c == '\n') {
          lineBreak();
        }
        breakCharacter(c);
        indention = true;
        breaks = true;
      } else {
        if (breaks) {
          indent();
        }
        if (c == '\'') {
          put('\'');
        }
        put(c);
        indention = false;
        spaces = false;
        breaks = false;
      }
    }
    indicator("'", false, false, false);
    whitespace = false;
    indention = false;
  }

  private void doubleQuoted(int[] value, boolean fold) {
    indicator("\"", true, false, false);
    // A mark at the beginning makes the library escape everything.
    boolean all = value.length > 0 && value[0] == 0xfeff;
    boolean spaces = false;
    for (int i = 0; i < value.length; i++) {
      int c = value[i];
      if (all || !ScalarText.isPrintable(c) || ScalarText.isBreak(c) || c == '"' || c == '\\') {
        escape(c);
        spaces = false;
      } else if (c == ' ') {
        if (fold && !spaces && column > WIDTH && i > 0 && i < value.length - 1) {
          indent();
          if (value[i + 1] == ' ') {
            put('\\');
          }
        } else {
          put(' ');
        }
        spaces = true;
      } else {
        put(c);
        spaces = false;
      }
    }
    indicator("\"", false, false, false);
    whitespace = false;
    indention = false;
  }

  private void escape(int c) {
    put('\\');
    switch (c) {
      case 0 -> put('0');
      case 0x07 -> put('a');
      case 0x08 -> put('b');
      case 0x09 -> put('t');
      case 0x0a -> put('n');
      case 0x0b -> put('v');
      case 0x0c -> put('f');
      case 0x0d -> put('r');
      case 0x1b -> put('e');
      case '"', '\\' -> put(c);
      case 0x85 -> put('N');
      case 0xa0 -> put('_');
      case 0x2028 -> put('L');
      case 0x2029 -> put('P');
      default -> {
        String form = c <= 0xff ? "x%02X" : c <= 0xffff ? "u%04X" : "U%08X";
        String.format(Locale.ROOT, form, c).chars().forEach(this::put);
      }
    }
  }

  private void literal(int[] value) {
    indicator("|", true, false, false);
    if (value[0] == ' ' || ScalarText.isBreak(value[0])) {
      indicator(String.valueOf(STEP), false, false, false);
    }
    int last = value.length - 1;
    if (!ScalarText.isBreak(value[last])) {
      indicator("-", false, false, false);
    } else if (last == 0 || ScalarText.isBreak(value[last - 1])) {
      indicator("+", false, false, false);
    }
    lineBreak();
    indention = true;
    whitespace = true;
    boolean breaks = true;
    for (int c : value) {
      if (ScalarText.isBreak(c)) {
        breakCharacter(c);
        indention = true;
        breaks = true;
      } else {
        if (breaks) {
          indent();
        }
        put(c);
        indention = false;
        breaks = false;
      }
    }
  }

  private void put(int c) {
    text.appendCodePoint(c);
    column++;
  }

  private void lineBreak() {
    text.append('\n');
    column = 0;
  }

  private void breakCharacter(int c) {
    text.appendCodePoint(c);
    column = 0;
  }
}
