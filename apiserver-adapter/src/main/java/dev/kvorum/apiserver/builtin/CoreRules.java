package dev.kvorum.apiserver.builtin;

import static dev.kvorum.apiserver.builtin.Tree.flag;
import static dev.kvorum.apiserver.builtin.Tree.isEmpty;
import static dev.kvorum.apiserver.builtin.Tree.lacks;
import static dev.kvorum.apiserver.builtin.Tree.object;
import static dev.kvorum.apiserver.builtin.Tree.objects;
import static dev.kvorum.apiserver.builtin.Tree.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** The core group, except for pods and what is in them. */
final class CoreRules {
  private static final String CORE = "io.k8s.api.core.v1.";
  private static final int THREE_HOURS = 10_800;

  private CoreRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put(CORE + "Service", CoreRules::service);
    rules.put(CORE + "ReplicationController", CoreRules::replicationController);
    rules.put(CORE + "Secret", secret -> text(secret, "type", "Opaque"));
    rules.put(CORE + "PersistentVolume", CoreRules::persistentVolume);
    rules.put(
        CORE + "PersistentVolumeClaim", claim -> text(object(claim, "status"), "phase", "Pending"));
    rules.put(CORE + "PersistentVolumeClaimSpec", spec -> text(spec, "volumeMode", "Filesystem"));
    rules.put(CORE + "EndpointPort", port -> text(port, "protocol", "TCP"));
    rules.put(CORE + "Namespace", CoreRules::namespace);
    rules.put(CORE + "NamespaceStatus", status -> text(status, "phase", "Active"));
    rules.put(CORE + "NodeStatus", status -> {
      if (lacks(status, "allocatable") && !lacks(status, "capacity")) {
        status.set("allocatable", status.path("capacity").deepCopy());
      }
    });
    rules.put(CORE + "LimitRangeItem", CoreRules::limitRangeItem);
  }

  private static void service(ObjectNode service) {
    ObjectNode spec = object(service, "spec");
    text(spec, "sessionAffinity", "None");
    switch (text(spec, "sessionAffinity")) {
      case "None" -> spec.remove("sessionAffinityConfig");
      case "ClientIP" -> {
        if (lacks(spec.at("/sessionAffinityConfig/clientIP"), "timeoutSeconds")) {
          spec.putObject("sessionAffinityConfig")
              .putObject("clientIP")
              .put("timeoutSeconds", THREE_HOURS);
        }
      }
      default -> {}
    }
    text(spec, "type", "ClusterIP");
    for (ObjectNode port : objects(spec, "ports")) {
      text(port, "protocol", "TCP");
      JsonNode target = port.path("targetPort");
      if (target.isTextual() ? target.textValue().isEmpty() : target.asInt() == 0) {
        port.set("targetPort", port.path("port"));
      }
    }
    String type = text(spec, "type");
    boolean balanced = type.equals("LoadBalancer");
    boolean onNodes = balanced || type.equals("NodePort");
    if (onNodes || (type.equals("ClusterIP") && !isEmpty(spec, "externalIPs"))) {
      text(spec, "externalTrafficPolicy", "Cluster");
    }
    if (lacks(spec, "internalTrafficPolicy") && (onNodes || type.equals("ClusterIP"))) {
      spec.put("internalTrafficPolicy", "Cluster");
    }
    if (balanced) {
      flag(spec, "allocateLoadBalancerNodePorts", true);
      for (ObjectNode ingress : objects(service.at("/status/loadBalancer"), "ingress")) {
        if (!text(ingress, "ip").isEmpty() && lacks(ingress, "ipMode")) {
          ingress.put("ipMode", "VIP");
        }
      }
    }
  }

  private static void replicationController(ObjectNode controller) {
    ObjectNode spec = object(controller, "spec");
    JsonNode labels = spec.at("/template/metadata/labels");
    if (labels.isMissingNode()) {
      return;
    }
    if (isEmpty(spec, "selector")) {
      spec.set("selector", labels.deepCopy());
    }
    if (isEmpty(controller.path("metadata"), "labels")) {
      object(controller, "metadata").set("labels", labels.deepCopy());
    }
  }

  private static void persistentVolume(ObjectNode volume) {
    text(object(volume, "status"), "phase", "Pending");
    ObjectNode spec = object(volume, "spec");
    text(spec, "persistentVolumeReclaimPolicy", "Retain");
    text(spec, "volumeMode", "Filesystem");
  }

  private static void namespace(ObjectNode namespace) {
    ObjectNode metadata = object(namespace, "metadata");
    String name = text(metadata, "name");
    if (!name.isEmpty()) {
      ObjectNode labels = object(metadata, "labels");
      labels.put("kubernetes.io/metadata.name", name);
      Tree.sort(labels);
    }
  }

  private static void limitRangeItem(ObjectNode item) {
    if (text(item, "type").equals("Container")) {
      Tree.fill(item, "default", item.path("max"));
      Tree.fill(item, "defaultRequest", item.path("default"));
      Tree.fill(item, "defaultRequest", item.path("min"));
    }
  }
}
