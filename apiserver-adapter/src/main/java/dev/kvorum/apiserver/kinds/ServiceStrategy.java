package dev.kvorum.apiserver.kinds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.schema.GroupResource;

/** Services: those without addresses are told so. Addresses are not given to any. */
final class ServiceStrategy extends BuiltInStrategy {
  private static final String NONE = "None";

  ServiceStrategy(GroupResource resource) {
    super(resource);
  }

  @Override
  public void prepareForCreate(ObjectNode object, Change change) {
    fill(object);
  }

  @Override
  public void prepareForUpdate(ObjectNode object, ObjectNode old, Change change) {
    keep(object, old, "clusterIP");
    keep(object, old, "clusterIPs");
    fill(object);
  }

  private static void keep(ObjectNode object, ObjectNode old, String field) {
    var before = old.path("spec").get(field);
    if (before != null
        && object.get("spec") instanceof ObjectNode spec
        && !spec.hasNonNull(field)) {
      spec.set(field, before);
    }
  }

  private static void fill(ObjectNode object) {
    if (!(object.get("spec") instanceof ObjectNode spec)
        || spec.path("type").asText("").equals("ExternalName")) {
      return;
    }
    if (spec.path("clusterIP").asText("").equals(NONE) && !spec.hasNonNull("clusterIPs")) {
      spec.putArray("clusterIPs").add(NONE);
    }
    if (!spec.hasNonNull("ipFamilies")) {
      spec.putArray("ipFamilies").add("IPv4");
    }
    if (!spec.hasNonNull("ipFamilyPolicy")) {
      spec.put("ipFamilyPolicy", "SingleStack");
    }
  }
}
