package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.apply.ApplyException;

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
      return target
          .resource()
          .manager(target.subresource())
          .update(current, updated, change.manager(), change.now());
    } catch (ApplyException e) {
      // A write is not refused because nobody can say who owns what it has set.
      return updated;
    }
  }
}
