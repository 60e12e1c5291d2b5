package dev.kvorum.apiserver.custom;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.crd.CustomResource;
import dev.kvorum.apiserver.names.NameRules;
import dev.kvorum.apiserver.registry.Strategy;
import dev.kvorum.apiserver.status.FieldError;
import java.util.List;

/** What is particular to the objects of a custom resource, in one version: what its schema says. */
final class CustomStrategy implements Strategy {
  private static final Traits TRAITS = new Traits(true, false, false, false, false, true, false);

  private final CustomResource resource;

  CustomStrategy(CustomResource resource) {
    this.resource = resource;
  }

  @Override
  public Traits traits() {
    return TRAITS;
  }

  @Override
  public NameRule nameRule() {
    return (name, prefix) -> NameRules.subdomain(
        prefix && name.length() > 1 && name.endsWith("-")
            ? name.substring(0, name.length() - 1) + "a"
            : name);
  }

  @Override
  public List<FieldError> validate(ObjectNode object) {
    return resource.validate(here(object));
  }

  @Override
  public List<FieldError> validateUpdate(ObjectNode object, ObjectNode old) {
    return resource.validateUpdate(here(object), here(old));
  }

  @Override
  public List<FieldError> validateStatusUpdate(ObjectNode object, ObjectNode old) {
    return resource.validateStatusUpdate(here(object), here(old));
  }

  /** The same object in this version. */
  private ObjectNode here(ObjectNode stored) {
    ObjectNode object = stored.objectNode();
    object.setAll(stored);
    object.set("apiVersion", TextNode.valueOf(resource.kind().apiVersion()));
    return object;
  }
}
