package dev.kvorum.apiserver.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.status.Status;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Namespaces: they carry their name as a label, and are held by a finalizer of their own while there is anything in them. */
final class NamespaceStrategy extends BuiltInStrategy {
  private static final Set<String> LASTING = Set.of("default", "kube-system", "kube-public");
  private static final String NAME_LABEL = "kubernetes.io/metadata.name";
  private static final String FINALIZER = "kubernetes";

  private final GroupResource resource;

  NamespaceStrategy(GroupResource resource) {
    super(resource);
    this.resource = resource;
  }

  @Override
  public void prepareForCreate(ObjectNode object, Change change) {
    label(object);
    ObjectNode spec =
        object.get("spec") instanceof ObjectNode there ? there : object.putObject("spec");
    ArrayNode finalizers =
        spec.get("finalizers") instanceof ArrayNode there ? there : spec.putArray("finalizers");
    boolean held = false;
    for (JsonNode each : finalizers) {
      held |= each.asText().equals(FINALIZER);
    }
    if (!held) {
      finalizers.add(FINALIZER);
    }
    object.putObject("status").put("phase", "Active");
  }

  @Override
  public void prepareForUpdate(ObjectNode object, ObjectNode old, Change change) {
    label(object);
    // What holds the namespace is changed on a path of its own.
    JsonNode spec = old.get("spec");
    if (spec == null) {
      object.remove("spec");
    } else {
      object.set("spec", spec);
    }
  }

  private static void label(ObjectNode object) {
    ObjectNode metadata = Metadata.in(object);
    ObjectNode labels =
        metadata.get("labels") instanceof ObjectNode there ? there : metadata.putObject("labels");
    labels.put(NAME_LABEL, Metadata.name(object));
  }

  @Override
  public @Nullable Status refuseDelete(ObjectNode object) {
    String name = Metadata.name(object);
    return LASTING.contains(name)
        ? Status.forbidden(resource, name, "this namespace may not be deleted")
        : null;
  }

  @Override
  public void prepareForDelete(ObjectNode object) {
    if (object.get("status") instanceof ObjectNode status) {
      status.put("phase", "Terminating");
    } else {
      object.putObject("status").put("phase", "Terminating");
    }
  }

  @Override
  public boolean mayGo(ObjectNode object) {
    return object.path("spec").path("finalizers").isEmpty();
  }
}
