package dev.kvorum.apiserver.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.ApiGroup;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.schema.Subresource;
import java.util.List;

/** The document that tells of all groups with all their resources, so that a client asks twice and not forty times. */
public final class AggregatedDiscovery {
  private AggregatedDiscovery() {}

  /**
   * Tells of {@code groups}, in their order.
   *
   * @param version of the document: {@code v2}, or {@code v2beta1} for clients that know no other
   */
  public static ObjectNode of(List<ApiGroup> groups, String version) {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    document.put("kind", "APIGroupDiscoveryList");
    document.put("apiVersion", "apidiscovery.k8s.io/" + version);
    document.putObject("metadata");
    ArrayNode items = document.putArray("items");
    for (ApiGroup group : groups) {
      ObjectNode item = items.addObject();
      ObjectNode metadata = item.putObject("metadata");
      if (!group.name().isEmpty()) {
        metadata.put("name", group.name());
      }
      ArrayNode versions = item.putArray("versions");
      group.versions().forEach(each -> fill(versions.addObject(), each));
    }
    return document;
  }

  private static void fill(ObjectNode into, ApiVersion version) {
    into.put("version", version.groupVersion().version());
    ArrayNode resources = into.putArray("resources");
    for (ResourceType resource : version.resources()) {
      ObjectNode entry = resources.addObject();
      entry.put("resource", resource.name());
      entry.set("responseKind", kind(resource.kind(), version.groupVersion()));
      entry.put("scope", resource.namespaced() ? "Namespaced" : "Cluster");
      entry.put("singularResource", resource.singular());
      DiscoveryLists.strings(entry, "verbs", resource.verbs());
      DiscoveryLists.optionalStrings(entry, "shortNames", resource.shortNames());
      DiscoveryLists.optionalStrings(entry, "categories", resource.categories());
      if (!resource.subresources().isEmpty()) {
        ArrayNode subresources = entry.putArray("subresources");
        for (Subresource subresource : resource.subresources()) {
          ObjectNode below = subresources.addObject();
          below.put("subresource", subresource.name());
          below.set("responseKind", kind(subresource.kind(), version.groupVersion()));
          DiscoveryLists.strings(below, "verbs", subresource.verbs());
        }
      }
    }
    into.put("freshness", "Current");
  }

  /** A kind of this group and version is told without them. */
  private static ObjectNode kind(GroupVersionKind kind, GroupVersion here) {
    boolean foreign = !kind.groupVersion().equals(here);
    return JsonNodeFactory.instance
        .objectNode()
        .put("group", foreign ? kind.group() : "")
        .put("version", foreign ? kind.version() : "")
        .put("kind", kind.kind());
  }
}
