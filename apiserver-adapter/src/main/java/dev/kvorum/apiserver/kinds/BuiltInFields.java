package dev.kvorum.apiserver.kinds;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.schema.GroupResource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields of built-in kinds that selectors may name, beside name and namespace (Kubernetes API: field selectors). */
public final class BuiltInFields implements Resource.Fields {
  private static final Map<GroupResource, Set<String>> NAMES = names();

  private final Set<String> names;

  private BuiltInFields(Set<String> names) {
    this.names = names;
  }

  /** Those of a resource, in whichever version. */
  public static BuiltInFields of(GroupResource resource) {
    return new BuiltInFields(NAMES.getOrDefault(resource, Set.of()));
  }

  private static Map<GroupResource, Set<String>> names() {
    Map<GroupResource, Set<String>> names = new HashMap<>();
    Set<String> event = Set.of(
        "involvedObject.kind",
        "involvedObject.namespace",
        "involvedObject.name",
        "involvedObject.uid",
        "involvedObject.apiVersion",
        "involvedObject.resourceVersion",
        "involvedObject.fieldPath",
        "reason",
        "reportingComponent",
        "source",
        "type");
    names.put(new GroupResource("", "events"), event);
    names.put(
        new GroupResource("events.k8s.io", "events"),
        Set.of(
            "regarding.kind",
            "regarding.namespace",
            "regarding.name",
            "regarding.uid",
            "regarding.apiVersion",
            "regarding.resourceVersion",
            "regarding.fieldPath",
            "reason",
            "reportingController",
            "type"));
    names.put(
        new GroupResource("", "pods"),
        Set.of(
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "spec.hostNetwork",
            "status.phase",
            "status.podIP",
            "status.podIPs",
            "status.nominatedNodeName"));
    names.put(new GroupResource("", "nodes"), Set.of("spec.unschedulable"));
    names.put(new GroupResource("", "namespaces"), Set.of("status.phase"));
    names.put(new GroupResource("", "secrets"), Set.of("type"));
    names.put(new GroupResource("", "services"), Set.of("spec.clusterIP", "spec.type"));
    names.put(new GroupResource("", "replicationcontrollers"), Set.of("status.replicas"));
    names.put(new GroupResource("apps", "replicasets"), Set.of("status.replicas"));
    names.put(new GroupResource("batch", "jobs"), Set.of("status.successful"));
    names.put(
        new GroupResource("certificates.k8s.io", "certificatesigningrequests"),
        Set.of("spec.signerName"));
    return names;
  }

  @Override
  public boolean any() {
    return !names.isEmpty();
  }

  @Override
  public boolean knows(String field) {
    return names.contains(field);
  }

  @Override
  public String value(JsonNode object, String field) {
    return switch (field) {
      case "spec.hostNetwork", "spec.unschedulable" ->
        Boolean.toString(at(object, field).asBoolean(false));
      case "status.podIPs" -> at(object, field).path(0).path("ip").asText("");
      case "status.successful" -> Long.toString(at(object, "status.succeeded").asLong(0));
      case "status.replicas" -> Long.toString(at(object, field).asLong(0));
      case "source" -> {
        String component = at(object, "source.component").asText("");
        yield component.isEmpty() ? at(object, "reportingComponent").asText("") : component;
      }
      default -> at(object, field).asText("");
    };
  }

  private static JsonNode at(JsonNode object, String path) {
    JsonNode node = object;
    for (String name : List.of(path.split("\\.", -1))) {
      node = node.path(name);
    }
    return node;
  }
}
