package dev.kvorum.apiserver.storage;

import java.util.List;

/**
 * A page of a list.
 *
 * @param objects in the order of their keys: by namespace, then by name
 * @param revision at which they are what they are: the list's resource version
 * @param next where the list goes on; empty at its end
 * @param remaining how many come after this page; 0 at the end
 */
public record ObjectList(List<Stored> objects, long revision, String next, long remaining) {
  public ObjectList {
    objects = List.copyOf(objects);
  }
}
