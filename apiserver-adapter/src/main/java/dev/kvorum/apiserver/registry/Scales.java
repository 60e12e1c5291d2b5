package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.status.StatusException;
import java.util.List;

/** How many there shall be of something, and are (Kubernetes API: autoscaling/v1 Scale): a view on another object. */
public interface Scales {
  List<String> OWN_METADATA =
      List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp");

  /**
   * The scale of an object.
   *
   * @throws StatusException if it has none
   */
  ObjectNode read(ObjectNode object);

  /** Sets how many there shall be. */
  void write(ObjectNode object, long replicas);

  /** A scale without numbers, with the metadata of its object. */
  static ObjectNode of(ObjectNode object) {
    ObjectNode scale = JsonNodeFactory.instance.objectNode();
    scale.put("kind", "Scale");
    scale.put("apiVersion", "autoscaling/v1");
    ObjectNode metadata = scale.putObject("metadata");
    for (String field : OWN_METADATA) {
      JsonNode value = Metadata.of(object).get(field);
      if (value != null) {
        metadata.set(field, value);
      }
    }
    return scale;
  }

  /** Of a built-in resource. */
  static Scales builtIn(GroupResource resource) {
    return new BuiltInScales(resource.resource().equals("replicationcontrollers"));
  }

  /**
   * Of objects that say it where most do.
   *
   * @param plainSelector whether their selector is a map of labels
   */
  record BuiltInScales(boolean plainSelector) implements Scales {
    @Override
    public ObjectNode read(ObjectNode object) {
      ObjectNode scale = of(object);
      ObjectNode spec = scale.putObject("spec");
      long wanted = object.path("spec").path("replicas").asLong(0);
      if (wanted != 0) {
        spec.put("replicas", wanted);
      }
      ObjectNode status = scale.putObject("status");
      status.put("replicas", object.path("status").path("replicas").asLong(0));
      JsonNode selector = object.path("spec").path("selector");
      String text = plainSelector ? Selectors.ofMap(selector) : Selectors.of(selector);
      if (!text.isEmpty()) {
        status.put("selector", text);
      }
      return scale;
    }

    @Override
    public void write(ObjectNode object, long replicas) {
      ObjectNode spec =
          object.get("spec") instanceof ObjectNode there ? there : object.putObject("spec");
      spec.put("replicas", replicas);
    }
  }
}
