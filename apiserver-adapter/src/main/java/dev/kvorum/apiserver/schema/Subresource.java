package dev.kvorum.apiserver.schema;

import java.util.List;

/**
 * A part of a resource with its own path.
 *
 * @param name the last segment of the path
 * @param kind of the objects that it takes and answers with, or of the options of a connection
 */
public record Subresource(String name, GroupVersionKind kind, List<String> verbs) {
  public Subresource {
    verbs = List.copyOf(verbs);
  }
}
