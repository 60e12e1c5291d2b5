package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Objects without all but their metadata. What is made shares the metadata with what it is made of. */
public final class PartialMetadata {
  private static final String GROUP = "meta.k8s.io/";

  private PartialMetadata() {}

  /**
   * One object's.
   *
   * @param version {@code v1} or {@code v1beta1}
   */
  public static ObjectNode of(ObjectNode object, String version) {
    ObjectNode partial = JsonNodeFactory.instance.objectNode();
    partial.put("kind", "PartialObjectMetadata");
    partial.put("apiVersion", GROUP + version);
    partial.set("metadata", metadata(object));
    return partial;
  }

  /**
   * A list's, with that of each item.
   *
   * @param list with {@code metadata} and {@code items}
   */
  public static ObjectNode ofList(ObjectNode list, String version) {
    ObjectNode partial = JsonNodeFactory.instance.objectNode();
    partial.put("kind", "PartialObjectMetadataList");
    partial.put("apiVersion", GROUP + version);
    partial.set("metadata", metadata(list));
    ArrayNode items = partial.putArray("items");
    for (JsonNode item : list.path("items")) {
      items.add(of((ObjectNode) item, version));
    }
    return partial;
  }

  private static ObjectNode metadata(ObjectNode object) {
    return object.get("metadata") instanceof ObjectNode metadata
        ? metadata
        : JsonNodeFactory.instance.objectNode();
  }
}
