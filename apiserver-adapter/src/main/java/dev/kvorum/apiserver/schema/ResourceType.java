package dev.kvorum.apiserver.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Objects of one kind, as paths name them.
 *
 * @param name plural, as in paths
 * @param singular its other name
 * @param listKind the kind of a list of them
 * @param namespaced whether each is in a namespace
 * @param verbs in alphabetic order
 * @param shortNames what people type
 * @param categories that select it together with others, as {@code all}
 * @param storedAs the group and version in which objects are stored; null if none are
 */
public record ResourceType(
    GroupVersion groupVersion,
    String name,
    String singular,
    GroupVersionKind kind,
    String listKind,
    boolean namespaced,
    List<String> verbs,
    List<String> shortNames,
    List<String> categories,
    List<Subresource> subresources,
    @Nullable GroupVersion storedAs) {
  public ResourceType {
    verbs = List.copyOf(verbs);
    shortNames = List.copyOf(shortNames);
    categories = List.copyOf(categories);
    subresources = List.copyOf(subresources);
  }

  /** The subresource with that name; null if there is none. */
  public @Nullable Subresource subresource(String name) {
    for (Subresource each : subresources) {
      if (each.name().equals(name)) {
        return each;
      }
    }
    return null;
  }
}
