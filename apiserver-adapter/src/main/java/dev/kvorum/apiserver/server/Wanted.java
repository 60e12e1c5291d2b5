package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.codec.MediaType;
import dev.kvorum.apiserver.codec.Negotiated;
import dev.kvorum.apiserver.codec.Transform;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.registry.Listed;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.table.IncludeObject;
import dev.kvorum.apiserver.table.PartialMetadata;
import java.time.InstantSource;
import java.util.List;

/**
 * What a client wants to get of a resource's objects.
 *
 * @param include what the rows of a table carry
 * @param clock what ages in a table count from
 */
record Wanted(Resource resource, Negotiated form, IncludeObject include, InstantSource clock) {

  /**
   * One object as it is wanted.
   *
   * @param object may become part of it
   * @param headers whether a table tells of its columns
   */
  ObjectNode one(ObjectNode object, boolean headers) {
    Transform transform = form.transform();
    if (transform == Transform.NONE) {
      return object;
    }
    if (transform.isTable()) {
      return resource
          .tables()
          .table(
              List.of(object),
              Metadata.in(object),
              version(transform),
              include,
              headers,
              clock.instant());
    }
    if (transform.kind().endsWith("List")) {
      throw new StatusException(
          resource.custom()
              ? Status.failure("content is not a list")
              : Status.notAcceptable(
                  "you requested PartialObjectMetadataList, but the requested object is not a list ("
                      + goType(resource.kind().kind()) + ")"));
    }
    return PartialMetadata.of(object, version(transform));
  }

  /** A list as it is wanted. */
  ObjectNode list(Listed listed) {
    Transform transform = form.transform();
    ObjectNode metadata = metadata(listed);
    if (transform.isTable()) {
      return resource
          .tables()
          .table(listed.objects(), metadata, version(transform), include, true, clock.instant());
    }
    boolean bare =
        transform == Transform.NONE && !resource.custom() && form.type() != MediaType.PROTOBUF;
    ObjectNode list = JsonNodeFactory.instance.objectNode();
    list.put("kind", resource.type().listKind());
    list.put("apiVersion", resource.type().groupVersion().toString());
    list.set("metadata", metadata);
    ArrayNode items = list.putArray("items");
    for (ObjectNode object : listed.objects()) {
      if (bare) {
        object.remove(List.of("kind", "apiVersion")); // the list says it
      }
      items.add(object);
    }
    if (transform == Transform.NONE) {
      return list;
    }
    if (!transform.kind().endsWith("List")) {
      throw new StatusException(Status.notAcceptable(
          "you requested PartialObjectMetadata, but the requested object is a list ("
              + goType(resource.type().listKind()) + ")"));
    }
    return PartialMetadata.ofList(list, version(transform));
  }

  /** As upstream's server calls it: in the package of its group, or for custom ones as lists are. */
  private String goType(String kind) {
    if (resource.custom()) {
      return "*unstructured.UnstructuredList";
    }
    String group = resource.kind().group();
    int dot = group.indexOf('.');
    return "*" + (group.isEmpty() ? "core" : dot < 0 ? group : group.substring(0, dot)) + "."
        + kind;
  }

  private ObjectNode metadata(Listed listed) {
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    metadata.put("resourceVersion", Long.toString(listed.revision()));
    if (!listed.next().isEmpty() || (resource.custom() && form.transform() == Transform.NONE)) {
      metadata.put("continue", listed.next());
    }
    if (listed.remaining() > 0) {
      metadata.put("remainingItemCount", listed.remaining());
    }
    return metadata;
  }

  private static String version(Transform transform) {
    return transform.apiVersion().endsWith("/v1") ? "v1" : "v1beta1";
  }
}
