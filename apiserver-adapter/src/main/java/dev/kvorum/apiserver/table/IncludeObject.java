package dev.kvorum.apiserver.table;

import org.jspecify.annotations.Nullable;

/** What a row of a table carries of its object. */
public enum IncludeObject {
  NONE,
  METADATA,
  OBJECT;

  /**
   * Reads the parameter {@code includeObject}; null if it says something else.
   *
   * @param value null if the request has none
   */
  public static @Nullable IncludeObject parse(@Nullable String value) {
    return switch (value == null ? "" : value) {
      case "", "Metadata" -> METADATA;
      case "None" -> NONE;
      case "Object" -> OBJECT;
      default -> null;
    };
  }
}
