package dev.kvorum.apiserver.registry;

import java.util.ArrayList;
import java.util.List;

/** What every name must be at least: the segment of a path. */
public final class NameSegment {
  /** See {@link NameSegment}. */
  public static final Strategy.NameRule RULE = NameSegment::check;

  private NameSegment() {}

  static List<String> check(String name, boolean prefix) {
    if (!prefix && (name.equals(".") || name.equals(".."))) {
      return List.of("may not be '" + name + "'");
    }
    List<String> wrong = new ArrayList<>();
    for (String character : List.of("/", "%")) {
      if (name.contains(character)) {
        wrong.add("may not contain '" + character + "'");
      }
    }
    return wrong;
  }
}
