package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.patch.JsonPatch;

/** How a client wants an object changed. */
public sealed interface Patch {

  /** A list of operations. */
  record Operations(JsonPatch patch) implements Patch {}

  /** What to merge in. */
  record Merge(JsonNode patch) implements Patch {}

  /** What to merge in, as the schema says. */
  record Strategic(ObjectNode patch) implements Patch {}

  /**
   * What the client's part of the object shall be.
   *
   * @param force whether to take fields from others
   */
  record Apply(ObjectNode configuration, boolean force) implements Patch {}
}
