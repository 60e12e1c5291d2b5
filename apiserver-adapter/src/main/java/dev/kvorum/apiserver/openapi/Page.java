package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A document that is made when it is first asked for. For all threads. */
final class Page {
  private final Supplier<ObjectNode> content;
  private volatile @Nullable OpenApiDocument document;

  Page(Supplier<ObjectNode> content) {
    this.content = content;
  }

  /** The content, made anew: the caller's own. */
  ObjectNode tree() {
    return content.get();
  }

  OpenApiDocument document() {
    OpenApiDocument made = document;
    if (made == null) {
      // Two threads may both make it: they make the same.
      made = OpenApiDocument.of(tree());
      document = made;
    }
    return made;
  }
}
