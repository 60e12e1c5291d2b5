package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A schema, read from its JSON. Each place that the schema names has its own; a schema has no references.
 *
 * @param type empty if it says none
 * @param defaultValue null if there is none
 * @param items of the elements of a list; null if it says nothing
 * @param properties by name, in the order of the schema
 * @param additional what keys other than properties hold; null if it says nothing
 * @param json what it was read from; never to be changed
 */
public record JsonSchema(
    String type,
    boolean nullable,
    @Nullable JsonNode defaultValue,
    Bounds bounds,
    @Nullable JsonSchema items,
    Map<String, JsonSchema> properties,
    @Nullable Additional additional,
    List<JsonSchema> allOf,
    List<JsonSchema> anyOf,
    List<JsonSchema> oneOf,
    @Nullable JsonSchema not,
    Extensions extensions,
    ObjectNode json) {

  /**
   * What keys of a map hold.
   *
   * @param allowed whether there may be any
   * @param schema of their values; null if they may be anything
   */
  public record Additional(boolean allowed, @Nullable JsonSchema schema) {}

  /**
   * What is only in Kubernetes' schemas.
   *
   * @param preserveUnknownFields null if it says nothing
   * @param listType null if it says nothing
   * @param mapType null if it says nothing
   * @param rules in CEL
   */
  public record Extensions(
      @Nullable Boolean preserveUnknownFields,
      boolean embeddedResource,
      boolean intOrString,
      List<String> listMapKeys,
      @Nullable String listType,
      @Nullable String mapType,
      List<JsonNode> rules) {}

  /** Whether fields that it does not name are kept. */
  public boolean preservesUnknownFields() {
    return Boolean.TRUE.equals(extensions.preserveUnknownFields());
  }

  public boolean embeddedResource() {
    return extensions.embeddedResource();
  }

  public boolean intOrString() {
    return extensions.intOrString();
  }

  /** What values of keys that are not among its properties have to be; null if it says nothing. */
  public @Nullable JsonSchema additionalSchema() {
    return additional == null ? null : additional.schema();
  }

  /** The same, as of an object of a kind with its own apiVersion, kind and metadata. */
  public JsonSchema asResource() {
    if (extensions.embeddedResource()) {
      return this;
    }
    Extensions resource = new Extensions(
        extensions.preserveUnknownFields(),
        true,
        extensions.intOrString(),
        extensions.listMapKeys(),
        extensions.listType(),
        extensions.mapType(),
        extensions.rules());
    return new JsonSchema(
        type,
        nullable,
        defaultValue,
        bounds,
        items,
        properties,
        additional,
        allOf,
        anyOf,
        oneOf,
        not,
        resource,
        json);
  }

  /** Whether the value, which is null, is one that has no place here. */
  boolean refusesNull() {
    return !nullable;
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
