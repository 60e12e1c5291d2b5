package dev.kvorum.apiserver.codec;

import dev.kvorum.apiserver.json.GoText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects what somebody who is strict refuses, in the order of the body, and where in the body it is. */
final class StrictErrors {
  private static final int MAX_ERRORS = 100;

  private final Set<String> errors = new LinkedHashSet<>();
  private final StringBuilder path = new StringBuilder();

  /** Goes into a member. Returns what {@link #leave} needs. */
  int enter(String name) {
    int before = path.length();
    if (before > 0) {
      path.append('.');
    }
    path.append(name);
    return before;
  }

  /** Goes into an element of a list. Returns what {@link #leave} needs. */
  int enter(int element) {
    int before = path.length();
    path.append('[').append(element).append(']');
    return before;
  }

  void leave(int before) {
    path.setLength(before);
  }

  void unknown(String name) {
    add("unknown field ", name);
  }

  void duplicate(String name) {
    add("duplicate field ", name);
  }

  private void add(String what, String name) {
    if (errors.size() < MAX_ERRORS) {
      int before = enter(name);
      errors.add(what + GoText.quoted(path.toString()));
      leave(before);
    }
  }

  List<String> list() {
    return List.copyOf(errors);
  }
}
