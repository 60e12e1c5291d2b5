package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A page of a list.
 *
 * @param objects in the version of the path
 * @param revision of the list
 * @param next where it goes on; empty at its end
 * @param remaining how many come after this page; 0 if nobody knows, or at the end
 */
public record Listed(List<ObjectNode> objects, long revision, String next, long remaining) {
  public Listed {
    objects = List.copyOf(objects);
  }
}
