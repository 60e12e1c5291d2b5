package dev.kvorum.apiserver.auth;

import dev.kvorum.apiserver.schema.GroupResource;

/**
 * What a request is about to do, as far as it matters for whether it may. Strings are empty where there is nothing.
 *
 * @param verb {@code get}, {@code list} and so on; for anything but resources, the method in lower case
 * @param resourceRequest whether it is about a resource, or else about {@code path}
 * @param path of the request, for all
 */
public record RequestAttributes(
    User user,
    String verb,
    boolean resourceRequest,
    String group,
    String version,
    String resource,
    String subresource,
    String namespace,
    String name,
    String path) {

  /** About a path that is no resource. */
  public static RequestAttributes ofPath(User user, String verb, String path) {
    return new RequestAttributes(user, verb, false, "", "", "", "", "", "", path);
  }

  GroupResource groupResource() {
    return new GroupResource(group, resource);
  }
}
