package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kvorum.apiserver.custom.CustomResources;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.openapi.OpenApi;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.schema.ApiGroup;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.schema.ResourceTypes;
import dev.kvorum.apiserver.storage.StorageKeys;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All resources that are served, built-in and custom ones, and what is said of them. For all threads. */
final class Resources {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Catalog builtIn;
  private @Nullable CustomResources custom; // set once, before any request
  private volatile ResourceTypes types;
  private volatile OpenApi openApi;

  Resources(Catalog builtIn) {
    this.builtIn = builtIn;
    types = builtIn.types();
    openApi = OpenApi.of(types);
  }

  /** Adds the custom ones. */
  void add(CustomResources resources) {
    custom = resources;
  }

  /** That others are served than before. */
  synchronized void changed() {
    if (custom == null) {
      return;
    }
    List<ApiGroup> groups = new ArrayList<>(builtIn.types().groups());
    groups.addAll(custom.groups());
    types = new ResourceTypes(groups);
    openApi = openApi.withCustom(custom.schemas());
  }

  ResourceTypes types() {
    return types;
  }

  OpenApi openApi() {
    return openApi;
  }

  /** A resource whose objects are stored; null if there is none at that place. */
  @Nullable
  Resource find(GroupVersion version, String name) {
    Resource found = builtIn.find(version, name);
    return found == null && custom != null ? custom.find(version, name) : found;
  }

  /** Whether a group is one that every server has. */
  boolean isBuiltIn(String group) {
    return builtIn.types().groups().stream().anyMatch(each -> each.name().equals(group));
  }

  /** Those whose objects are in namespaces and can be listed and deleted, each in one version. */
  List<Resource> namespaced() {
    List<Resource> found = new ArrayList<>();
    Set<StorageKeys> seen = new HashSet<>();
    for (ApiGroup group : types.groups()) {
      for (ApiVersion version : group.versions()) {
        for (ResourceType type : version.resources()) {
          Resource resource = type.namespaced() && type.verbs().contains("deletecollection")
              ? find(type.groupVersion(), type.name())
              : null;
          if (resource != null && seen.add(resource.keys())) {
            found.add(resource);
          }
        }
      }
    }
    return found;
  }

  /** What follows from a write before its answer is sent: whoever has defined a resource can use it at once. */
  void written(RequestInfo info, Resource resource, HttpResponse response) {
    boolean writes = !info.verb().equals("get") && !info.verb().equals("list");
    if (custom == null
        || !writes
        || !resource.name().equals(Catalog.DEFINITIONS)
        || response.status() >= 300) {
      return;
    }
    String name = info.name();
    if (name.isEmpty()) {
      try {
        name = JSON.readTree(response.body()).path("metadata").path("name").asText("");
      } catch (IOException e) {
        return; // a form that cannot be read here; it is heard of from the store
      }
    }
    if (!name.isEmpty()) {
      custom.refresh(name);
    }
  }
}
