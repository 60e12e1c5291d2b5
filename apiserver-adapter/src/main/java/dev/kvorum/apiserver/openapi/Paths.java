package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Operations by path and method. */
final class Paths {
  private final Map<String, Map<String, Operation>> operations = new TreeMap<>();

  void add(String path, String method, Operation operation) {
    operations.computeIfAbsent(path, unused -> new TreeMap<>()).put(method, operation);
  }

  /** As documents have it: what all methods of a path take stands beside them. */
  ObjectNode json() {
    ObjectNode json = Nodes.object();
    operations.forEach((path, methods) -> {
      ObjectNode item = json.putObject(path);
      Set<Parameter> common = common(methods);
      methods.forEach((method, operation) -> item.set(method, operation.json(common)));
      common.forEach(parameter -> item.withArray("parameters").add(parameter.json()));
    });
    return json;
  }

  private static Set<Parameter> common(Map<String, Operation> methods) {
    Set<Parameter> common = null;
    for (Operation operation : methods.values()) {
      if (common == null) {
        common = new TreeSet<>(operation.parameters());
      } else {
        common.retainAll(operation.parameters());
      }
    }
    return common == null ? Set.of() : common;
  }
}
