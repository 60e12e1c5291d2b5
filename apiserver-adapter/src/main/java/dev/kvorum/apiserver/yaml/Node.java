package dev.kvorum.apiserver.yaml;

import java.util.List;

/** A part of a document. Lines count from 1. */
sealed interface Node {
  int line();

  /**
   * A value.
   *
   * @param tag in full; empty if it has none
   * @param plain it is neither quoted nor tagged: what it looks like decides what it is
   */
  record Scalar(int line, String tag, String text, boolean plain) implements Node {
    boolean isMerge() {
      return text.equals("<<") && (plain || tag.equals(Scalars.TAGS + "merge"));
    }
  }

  record Sequence(int line, List<Node> elements) implements Node {}

  /** Keys and values in turn. */
  record Mapping(int line, List<Node> members) implements Node {}

  /** What was said before under a name. */
  record Alias(int line, String name, Node target) implements Node {}
}
