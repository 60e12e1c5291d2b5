package dev.kvorum.apiserver.storage;

import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import java.util.Map;

/**
 * Where the objects of one resource are: {@code /registry/<resource>/<namespace>/<name>}, with the exceptions that
 * kube-apiserver has.
 *
 * @param prefix ends with a slash
 */
public record StorageKeys(String prefix) {
  private static final String ROOT = "/registry/";

  /** Names that a resource had, or was stored under, before it got the one it has. */
  private static final Map<GroupResource, String> EXCEPTIONS = Map.of(
      new GroupResource("", "replicationcontrollers"), "controllers",
      new GroupResource("", "endpoints"), "services/endpoints",
      new GroupResource("", "services"), "services/specs",
      new GroupResource("", "nodes"), "minions",
      new GroupResource("networking.k8s.io", "ingresses"), "ingress",
      new GroupResource("events.k8s.io", "events"), "events",
      new GroupResource("apiextensions.k8s.io", "customresourcedefinitions"),
          "apiextensions.k8s.io/customresourcedefinitions",
      new GroupResource("apiregistration.k8s.io", "apiservices"),
          "apiregistration.k8s.io/apiservices");

  /** Of a resource that every Kubernetes has. */
  public static StorageKeys builtIn(GroupResource resource) {
    return new StorageKeys(ROOT + EXCEPTIONS.getOrDefault(resource, resource.resource()) + "/");
  }

  /** Of a resource that somebody has defined. */
  public static StorageKeys custom(GroupResource resource) {
    return new StorageKeys(ROOT + resource.group() + "/" + resource.resource() + "/");
  }

  /**
   * The key of an object.
   *
   * @param namespace empty for one that is in none
   */
  public Bytes key(String namespace, String name) {
    return Bytes.utf8(below(namespace) + name);
  }

  /**
   * The keys of all objects, or of those in one namespace.
   *
   * @param namespace empty for all
   */
  public KeyRange range(String namespace) {
    return KeyRange.prefix(Bytes.utf8(below(namespace)));
  }

  /** What the keys of a namespace begin with; of all if it is empty. */
  String below(String namespace) {
    return namespace.isEmpty() ? prefix : prefix + namespace + "/";
  }
}
