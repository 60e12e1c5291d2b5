package dev.kvorum.apiserver.schema;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Groups of resources, searchable. */
public final class ResourceTypes {
  private final List<ApiGroup> groups;
  private final Map<GroupVersion, Map<String, ResourceType>> byName = new HashMap<>();
  private final Map<GroupVersionKind, ResourceType> byKind = new HashMap<>();

  /**
   * Makes them searchable.
   *
   * @param groups in the order of discovery
   */
  public ResourceTypes(List<ApiGroup> groups) {
    this.groups = List.copyOf(groups);
    for (ApiGroup group : groups) {
      for (ApiVersion version : group.versions()) {
        Map<String, ResourceType> resources = new HashMap<>();
        for (ResourceType resource : version.resources()) {
          resources.put(resource.name(), resource);
          byKind.put(resource.kind(), resource);
        }
        byName.put(version.groupVersion(), resources);
      }
    }
  }

  /** All groups, in the order of discovery. */
  public List<ApiGroup> groups() {
    return groups;
  }

  /**
   * The resource that a path names; null if there is none.
   *
   * @param plural the resource's name
   */
  public @Nullable ResourceType find(GroupVersion version, String plural) {
    Map<String, ResourceType> resources = byName.get(version);
    return resources == null ? null : resources.get(plural);
  }

  /** The resource of the objects of a kind; null if there is none. */
  public @Nullable ResourceType find(GroupVersionKind kind) {
    return byKind.get(kind);
  }

  /** Whether there is such a group and version. */
  public boolean has(GroupVersion version) {
    return byName.containsKey(version);
  }
}
