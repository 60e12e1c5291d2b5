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
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** The documents below {@code /api} and {@code /apis} that tell of one level each. */
public final class DiscoveryLists {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private DiscoveryLists() {}

  /**
   * {@code /api}: the versions of the core group.
   *
   * @param serverAddress where clients reach this server, with its port
   */
  public static ObjectNode coreVersions(ApiGroup core, String serverAddress) {
    ObjectNode document = NODES.objectNode();
    document.put("kind", "APIVersions");
    ArrayNode versions = document.putArray("versions");
    core.versions().forEach(version -> versions.add(version.groupVersion().version()));
    document
        .putArray("serverAddressByClientCIDRs")
        .addObject()
        .put("clientCIDR", "0.0.0.0/0")
        .put("serverAddress", serverAddress);
    return document;
  }

  /** {@code /apis}: every group but the core one, in the order of {@code groups}. */
  public static ObjectNode groupList(List<ApiGroup> groups) {
    ObjectNode document = NODES.objectNode();
    document.put("kind", "APIGroupList");
    document.put("apiVersion", "v1");
    ArrayNode list = document.putArray("groups");
    for (ApiGroup group : groups) {
      if (!group.name().isEmpty()) {
        fill(list.addObject(), group);
      }
    }
    return document;
  }

  /** {@code /apis/<group>}. */
  public static ObjectNode group(ApiGroup group) {
    ObjectNode document = NODES.objectNode();
    document.put("kind", "APIGroup");
    document.put("apiVersion", "v1");
    fill(document, group);
    return document;
  }

  private static void fill(ObjectNode into, ApiGroup group) {
    into.put("name", group.name());
    ArrayNode versions = into.putArray("versions");
    group.versions().forEach(version -> versions.add(version(version.groupVersion())));
    into.set("preferredVersion", version(group.versions().getFirst().groupVersion()));
  }

  private static ObjectNode version(GroupVersion version) {
    return NODES
        .objectNode()
        .put("groupVersion", version.toString())
        .put("version", version.version());
  }

  /** {@code /api/v1}, {@code /apis/<group>/<version>}: resources, each before its subresources. */
  public static ObjectNode resourceList(ApiVersion version) {
    ObjectNode document = NODES.objectNode();
    document.put("kind", "APIResourceList");
    if (!version.groupVersion().group().isEmpty()) {
      document.put("apiVersion", "v1");
    }
    document.put("groupVersion", version.groupVersion().toString());
    ArrayNode resources = document.putArray("resources");
    for (ResourceType resource : version.resources()) {
      ObjectNode entry = resources.addObject();
      entry.put("name", resource.name());
      entry.put("singularName", resource.singular());
      entry.put("namespaced", resource.namespaced());
      kind(entry, resource.kind(), version.groupVersion());
      strings(entry, "verbs", resource.verbs());
      optionalStrings(entry, "shortNames", resource.shortNames());
      optionalStrings(entry, "categories", resource.categories());
      if (resource.storedAs() != null) {
        entry.put("storageVersionHash", storageVersionHash(resource.storedAs(), resource.kind()));
      }
      for (Subresource subresource : resource.subresources()) {
        ObjectNode below = resources.addObject();
        below.put("name", resource.name() + "/" + subresource.name());
        below.put("singularName", "");
        below.put("namespaced", resource.namespaced());
        kind(below, subresource.kind(), version.groupVersion());
        strings(below, "verbs", subresource.verbs());
      }
    }
    return document;
  }

  /** A kind of another group or version is told with both. */
  private static void kind(ObjectNode into, GroupVersionKind kind, GroupVersion here) {
    if (!kind.groupVersion().equals(here)) {
      into.put("group", kind.group());
      into.put("version", kind.version());
    }
    into.put("kind", kind.kind());
  }

  static void strings(ObjectNode into, String name, List<String> values) {
    ArrayNode array = into.putArray(name);
    values.forEach(array::add);
  }

  static void optionalStrings(ObjectNode into, String name, List<String> values) {
    if (!values.isEmpty()) {
      strings(into, name, values);
    }
  }

  /** By what clients notice that objects are stored in another version than before. */
  private static String storageVersionHash(GroupVersion storedAs, GroupVersionKind kind) {
    String stored = storedAs.group() + "/" + storedAs.version() + "/" + kind.kind();
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(stored.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(Arrays.copyOf(digest, 8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
