package dev.kvorum.apiserver.schema;

import java.util.List;

/**
 * A version of a group with its resources.
 *
 * @param resources in the order of discovery
 */
public record ApiVersion(GroupVersion groupVersion, List<ResourceType> resources) {
  public ApiVersion {
    resources = List.copyOf(resources);
  }
}
