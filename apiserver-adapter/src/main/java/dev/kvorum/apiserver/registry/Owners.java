package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.apply.ApplyException;
import dev.kvorum.apiserver.object.Metadata;

/** Notes who has set which fields. */
final class Owners {
  private Owners() {}

  /**
   * An object with its owners after a write that is no apply.
   *
   * @param current as it was; an object of no fields for a new one
   * @param updated as the client wants it
   */
  static ObjectNode updated(Target target, ObjectNode current, ObjectNode updated, Change change) {
    try {
      ObjectNode owned = target
          .resource()
          .manager(target.subresource())
          .update(current, updated, change.manager(), change.now());
      if (target.subresource().equals("scale")) {
        forgetTimes(owned);
      }
      return owned;
    } catch (ApplyException e) {
      // A write is not refused because nobody can say who owns what it has set.
      return updated;
    }
  }

  /** When an object was scaled is not kept (upstream's server does not, either). */
  private static void forgetTimes(ObjectNode object) {
    for (JsonNode entry : Metadata.of(object).path("managedFields")) {
      if (entry.path("subresource").asText("").equals("scale")) {
        ((ObjectNode) entry).remove("time");
      }
    }
  }
}
