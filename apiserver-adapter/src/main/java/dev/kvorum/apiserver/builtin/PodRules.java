package dev.kvorum.apiserver.builtin;

import static dev.kvorum.apiserver.builtin.Tree.flag;
import static dev.kvorum.apiserver.builtin.Tree.number;
import static dev.kvorum.apiserver.builtin.Tree.object;
import static dev.kvorum.apiserver.builtin.Tree.objects;
import static dev.kvorum.apiserver.builtin.Tree.positive;
import static dev.kvorum.apiserver.builtin.Tree.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/** Pods, templates of pods, and what is in them. */
final class PodRules {
  private static final String CORE = "io.k8s.api.core.v1.";
  private static final List<String> CONTAINERS = List.of("containers", "initContainers");

  /** 0644. */
  private static final int FILE_MODE = 420;

  private static final int HOUR_SECONDS = 3600;

  private PodRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put(CORE + "Pod", PodRules::pod);
    rules.put(CORE + "PodSpec", PodRules::spec);
    rules.put(CORE + "Container", PodRules::container);
    rules.put(CORE + "EphemeralContainer", PodRules::container);
    rules.put(CORE + "Probe", PodRules::probe);
    rules.put(CORE + "HTTPGetAction", action -> {
      text(action, "path", "/");
      text(action, "scheme", "HTTP");
    });
    rules.put(CORE + "ObjectFieldSelector", selector -> text(selector, "apiVersion", "v1"));
    rules.put(CORE + "Volume", PodRules::volume);
    for (String source : List.of("Secret", "ConfigMap", "DownwardAPI", "Projected")) {
      rules.put(CORE + source + "VolumeSource", each -> number(each, "defaultMode", FILE_MODE));
    }
    rules.put(
        CORE + "ServiceAccountTokenProjection",
        token -> number(token, "expirationSeconds", HOUR_SECONDS));
    rules.put(CORE + "HostPathVolumeSource", source -> text(source, "type", ""));
  }

  private static void pod(ObjectNode pod) {
    ObjectNode spec = object(pod, "spec");
    for (String list : CONTAINERS) {
      for (ObjectNode container : objects(spec, list)) {
        JsonNode limits = container.at("/resources/limits");
        Tree.fill(object(container, "resources"), "requests", limits);
      }
    }
    PodResources.fillIn(spec);
    flag(spec, "enableServiceLinks", true);
    if (spec.path("hostNetwork").asBoolean()) {
      for (String list : CONTAINERS) {
        for (ObjectNode container : objects(spec, list)) {
          for (ObjectNode port : objects(container, "ports")) {
            positive(port, "hostPort", port.path("containerPort").asInt());
            if (port.path("hostPort").asInt() == 0) {
              port.remove("hostPort");
            }
          }
        }
      }
    }
  }

  private static void spec(ObjectNode spec) {
    text(spec, "dnsPolicy", "ClusterFirst");
    text(spec, "restartPolicy", "Always");
    object(spec, "securityContext");
    number(spec, "terminationGracePeriodSeconds", 30);
    text(spec, "schedulerName", "default-scheduler");
  }

  private static void container(ObjectNode container) {
    text(container, "imagePullPolicy", pullPolicy(text(container, "image")));
    text(container, "terminationMessagePath", "/dev/termination-log");
    text(container, "terminationMessagePolicy", "File");
  }

  private static String pullPolicy(String image) {
    return ImageName.isLatest(image) ? "Always" : "IfNotPresent";
  }

  private static void probe(ObjectNode probe) {
    positive(probe, "timeoutSeconds", 1);
    positive(probe, "periodSeconds", 10);
    positive(probe, "successThreshold", 1);
    positive(probe, "failureThreshold", 3);
  }

  private static void volume(ObjectNode volume) {
    boolean none = true;
    for (Map.Entry<String, JsonNode> each : volume.properties()) {
      none &= each.getKey().equals("name");
    }
    if (none) {
      volume.putObject("emptyDir");
    }
    if (volume.get("image") instanceof ObjectNode image) {
      text(image, "pullPolicy", pullPolicy(text(image, "reference")));
    }
  }
}
