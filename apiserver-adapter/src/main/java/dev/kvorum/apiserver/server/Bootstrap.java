package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.registry.Registry;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.status.StatusException;
import java.time.Instant;
import java.util.List;

/** What is there from the beginning: the namespaces that every program expects. */
final class Bootstrap {
  private static final List<String> NAMESPACES =
      List.of("default", "kube-system", "kube-public", "kube-node-lease");
  private static final int EXISTS = 409;

  private final Registry registry;
  private final Resource namespaces;

  Bootstrap(Registry registry, Resource namespaces) {
    this.registry = registry;
    this.namespaces = namespaces;
  }

  /** Adds what is missing. */
  void run() {
    for (String name : NAMESPACES) {
      ObjectNode namespace = JsonNodeFactory.instance.objectNode();
      namespace.put("apiVersion", "v1");
      namespace.put("kind", "Namespace");
      Metadata.in(namespace).put("name", name);
      try {
        registry.create(namespaces, "", namespace, new Change("kvorum", false, Instant.now()));
      } catch (StatusException e) {
        if (e.status().code() != EXISTS) {
          throw e;
        }
      }
    }
  }
}
