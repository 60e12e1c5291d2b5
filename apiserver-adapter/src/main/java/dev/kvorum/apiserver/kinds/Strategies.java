package dev.kvorum.apiserver.kinds;

import dev.kvorum.apiserver.registry.Strategy;
import dev.kvorum.apiserver.schema.GroupResource;

/** The strategies of the built-in resources. */
public final class Strategies {
  private Strategies() {}

  /** The one of a resource, in whichever version. */
  public static Strategy of(GroupResource resource) {
    return switch (resource.toString()) {
      case "namespaces" -> new NamespaceStrategy(resource);
      case "pods" -> new PodStrategy(resource);
      case "services" -> new ServiceStrategy(resource);
      case "persistentvolumes", "persistentvolumeclaims" -> new PendingStrategy(resource);
      case "events", "events.events.k8s.io" -> new EventStrategy(resource);
      default -> new BuiltInStrategy(resource);
    };
  }
}
