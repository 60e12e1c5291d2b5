package dev.kvorum.apiserver.apply;

import dev.kvorum.apiserver.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The versions in which a kind is served. They name the same fields: what one version says of an object's fields holds in
 * every other.
 */
public interface Versions {
  /** Whether the kind is served in {@code apiVersion}; entries of others are forgotten. */
  boolean isServed(String apiVersion);

  /** What objects are in {@code apiVersion}, which is served; null if there is no schema. */
  @Nullable
  Type type(String apiVersion);
}
