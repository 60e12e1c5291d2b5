package dev.kvorum.apiserver.codec;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The warnings of one answer, each text once. As long as they are few they are sent in full; beyond 4096 characters in all,
 * each is cut to 256, and there are no more once these have reached that sum. Not for several threads at once.
 */
public final class Warnings {
  private static final int MAX_TOTAL = 4096;
  private static final int MAX_CUT = 256;

  private final Set<String> texts = new LinkedHashSet<>();

  /** Adds some; what is empty or holds control characters cannot be sent and is left out. */
  public void addAll(List<String> added) {
    added.forEach(this::add);
  }

  /** Adds one. */
  public void add(String text) {
    boolean sendable = !text.isEmpty()
        && text.codePoints()
            .noneMatch(c -> Character.isISOControl(c) || (c >= 0xd800 && c <= 0xdfff));
    if (sendable) {
      texts.add(text);
    }
  }

  /** The values of the header {@code Warning}, in the order in which they were added. */
  public List<String> headers() {
    int total =
        texts.stream().mapToInt(text -> text.codePointCount(0, text.length())).sum();
    List<String> headers = new ArrayList<>();
    int written = 0;
    for (String text : texts) {
      String sent = text;
      if (total > MAX_TOTAL) {
        if (written >= MAX_TOTAL) {
          break;
        }
        sent = cut(text);
        written += sent.codePointCount(0, sent.length());
      }
      headers.add("299 - \"" + sent.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
    }
    return headers;
  }

  private static String cut(String text) {
    return text.codePointCount(0, text.length()) <= MAX_CUT
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MAX_CUT));
  }
}
