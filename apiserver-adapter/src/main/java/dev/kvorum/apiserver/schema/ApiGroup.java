package dev.kvorum.apiserver.schema;

import java.util.List;

/**
 * A group of resources.
 *
 * @param name empty for the core group
 * @param versions not empty, the preferred one first
 */
public record ApiGroup(String name, List<ApiVersion> versions) {
  public ApiGroup {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("the group \"" + name + "\" has no versions");
    }
  }
}
