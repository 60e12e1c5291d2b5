package dev.kvorum.apiserver.kinds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.schema.GroupResource;

/** Of what somebody has to provide: it is pending until then. */
final class PendingStrategy extends BuiltInStrategy {
  PendingStrategy(GroupResource resource) {
    super(resource);
  }

  @Override
  public void prepareForCreate(ObjectNode object, Change change) {
    object.putObject("status").put("phase", "Pending");
  }
}
