package dev.kvorum.apiserver.yaml;

import java.util.regex.Pattern;

/** What is in a string, as far as it matters for how it can be written. */
final class ScalarText {
  enum Style {
    PLAIN,
    SINGLE_QUOTED,
    DOUBLE_QUOTED,
    LITERAL
  }

  /** Numbers to the base of 60, as YAML once had them; others may still read them so. */
  private static final Pattern BASE_60 =
      Pattern.compile("[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?");

  private final String text;
  private boolean multiline;
  private boolean plainAllowed = true;
  private boolean singleQuotedAllowed = true;
  private boolean blockAllowed = true;

  ScalarText(String text) {
    this.text = text;
    if (text.isEmpty()) {
      blockAllowed = false;
    } else {
      analyze();
    }
  }

  /** Whether it has line breaks. */
  boolean isMultiline() {
    return multiline;
  }

  /**
   * How it is written.
   *
   * @param simpleKey as a key on a line with its value
   */
  Style style(boolean simpleKey) {
    Style style =
        text.indexOf('\n') >= 0 ? Style.LITERAL : isWord() ? Style.PLAIN : Style.DOUBLE_QUOTED;
    if (simpleKey && multiline) {
      style = Style.DOUBLE_QUOTED;
    }
    if (style == Style.PLAIN && (!plainAllowed || (simpleKey && text.isEmpty()))) {
      style = Style.SINGLE_QUOTED;
    }
    if (style == Style.SINGLE_QUOTED && !singleQuotedAllowed) {
      style = Style.DOUBLE_QUOTED;
    }
    return style == Style.LITERAL && (!blockAllowed || simpleKey) ? Style.DOUBLE_QUOTED : style;
  }

  /** Whether it would be read as the string that it is. */
  private boolean isWord() {
    return Scalars.plain(text).isTextual()
        && !Scalars.isTimestamp(text)
        && !BASE_60.matcher(text).matches();
  }

  private void analyze() {
    boolean indicators = text.startsWith("---") || text.startsWith("...");
    boolean special = false;
    boolean breakSpace = false;
    boolean spaceBreak = false;
    boolean previousSpace = false;
    boolean previousBreak = false;
    boolean afterBlank = true;
    int[] points = text.codePoints().toArray();
    for (int i = 0; i < points.length; i++) {
      int c = points[i];
      boolean beforeBlank = i + 1 >= points.length || isBlank(points[i + 1]);
      indicators |=
          i == 0 ? isFirstIndicator(c, beforeBlank) : isIndicator(c, afterBlank, beforeBlank);
      special |= !isPrintable(c);
      if (c == ' ') {
        breakSpace |= previousBreak;
        previousSpace = true;
        previousBreak = false;
      } else if (isBreak(c)) {
        multiline = true;
        spaceBreak |= previousSpace;
        previousSpace = false;
        previousBreak = true;
      } else {
        previousSpace = false;
        previousBreak = false;
      }
      afterBlank = isBlank(c) || isBreak(c) || c == 0;
    }
    int first = points[0];
    int last = points[points.length - 1];
    boolean edges = first == ' ' || isBreak(first) || last == ' ' || isBreak(last);
    plainAllowed = !edges && !breakSpace && !spaceBreak && !special && !multiline && !indicators;
    singleQuotedAllowed = !breakSpace && !spaceBreak && !special;
    blockAllowed = last != ' ' && !spaceBreak && !special;
  }

  private static boolean isFirstIndicator(int c, boolean beforeBlank) {
    return switch (c) {
      case '#', ',', '[', ']', '{', '}', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`' -> true;
      case '?', ':', '-' -> beforeBlank;
      default -> false;
    };
  }

  private static boolean isIndicator(int c, boolean afterBlank, boolean beforeBlank) {
    return (c == ':' && beforeBlank) || (c == '#' && afterBlank);
  }

  private static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }

  static boolean isBreak(int c) {
    return c == '\r' || c == '\n' || c == 0x85 || c == 0x2028 || c == 0x2029;
  }

  /** What upstream's library does not escape; what is beyond 16 bits it does. */
  static boolean isPrintable(int c) {
    return c == '\n'
        || (c >= 0x20 && c <= 0x7e)
        || (c >= 0xa0 && c <= 0xd7ff)
        || (c >= 0xe000 && c <= 0xfffd && c != 0xfeff);
  }
}
