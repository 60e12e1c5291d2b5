package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.GroupVersion;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Whole documents: paths, and the definitions that they lead to. */
final class Documents {
  private static final GroupVersion CORE = new GroupVersion("", "v1");

  private Documents() {}

  static ObjectNode builtIn(ApiVersion version) {
    return document(BuiltInPaths.of(version), Map.of(), version.groupVersion());
  }

  static ObjectNode discovery(Paths paths) {
    return document(paths, Map.of(), CORE);
  }

  /** Of the custom resources of one group and version. */
  static ObjectNode custom(GroupVersion version, List<CustomSchema> resources) {
    Paths paths = new Paths();
    Map<String, ObjectNode> definitions = new HashMap<>();
    for (CustomSchema resource : resources) {
      CustomPaths.add(paths, resource.resource());
      CustomSchemas.add(definitions, resource);
    }
    return document(paths, definitions, version);
  }

  private static ObjectNode document(
      Paths paths, Map<String, ObjectNode> own, GroupVersion version) {
    ObjectNode document = Nodes.object();
    document.put("openapi", "3.0.0");
    document.putObject("info").put("title", "Kubernetes").put("version", "unversioned");
    ObjectNode operations = paths.json();
    document.set("paths", operations);
    ObjectNode components = document.putObject("components");
    ObjectNode schemas = components.putObject("schemas");
    closure(operations, own, version).forEach(schemas::set);
    components
        .putObject("securitySchemes")
        .putObject("BearerToken")
        .put("type", "apiKey")
        .put("name", "authorization")
        .put("in", "header");
    return document;
  }

  private static Map<String, ObjectNode> closure(
      ObjectNode operations, Map<String, ObjectNode> own, GroupVersion version) {
    Map<String, ObjectNode> found = new TreeMap<>();
    Deque<String> open = new ArrayDeque<>(Nodes.references(operations));
    while (!open.isEmpty()) {
      String name = open.remove();
      if (found.containsKey(name)) {
        continue;
      }
      ObjectNode schema = own.containsKey(name) ? own.get(name) : TypeSchemas.find(name, version);
      if (schema == null && own.isEmpty()) {
        throw new IllegalStateException("there is no definition " + name);
      }
      if (schema == null) {
        // In the schema of a custom resource it is a value that looks like a reference, such as a
        // default.
        continue;
      }
      found.put(name, schema);
      Collection<String> more = Nodes.references(schema);
      open.addAll(more);
    }
    return found;
  }
}
