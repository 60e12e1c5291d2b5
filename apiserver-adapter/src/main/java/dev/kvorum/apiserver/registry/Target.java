package dev.kvorum.apiserver.registry;

import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.store.Bytes;

/**
 * An object that a path names.
 *
 * @param namespace empty if it is in none
 * @param name not empty
 * @param subresource empty for the object itself
 */
public record Target(Resource resource, String namespace, String name, String subresource) {

  Bytes key() {
    return resource.keys().key(namespace, name);
  }

  StatusException notFound() {
    return new StatusException(Status.notFound(resource.name(), name));
  }

  /** That somebody else was faster, or that something does not fit. */
  public StatusException conflict(String why) {
    return new StatusException(Status.conflict(resource.name(), name, why));
  }
}
