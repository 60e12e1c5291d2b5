package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.schema.ResourceType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is published of a custom resource in one version.
 *
 * @param resource its names, its scope, and its subresources: only {@code status} and {@code scale} are published
 * @param schema as its definition has it, structural; null if its objects may hold anything. Not to be changed
 * @param selectableFields the paths that field selectors may name, as {@code .spec.color}
 */
public record CustomSchema(
    ResourceType resource, @Nullable JsonNode schema, List<String> selectableFields) {
  public CustomSchema {
    selectableFields = List.copyOf(selectableFields);
  }
}
