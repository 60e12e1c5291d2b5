package dev.kvorum.apiserver.custom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.crd.CustomResource;
import dev.kvorum.apiserver.registry.Resource;

/** The fields that a definition lets selectors name. */
record CustomFields(CustomResource resource) implements Resource.Fields {
  @Override
  public boolean any() {
    return true;
  }

  @Override
  public boolean knows(String field) {
    return resource.selectablePaths().contains("." + field);
  }

  @Override
  public String value(JsonNode object, String field) {
    return object instanceof ObjectNode tree
        ? resource.selectableFields(tree).getOrDefault(field, "")
        : "";
  }
}
