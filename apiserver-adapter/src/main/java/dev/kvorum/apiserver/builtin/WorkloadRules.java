package dev.kvorum.apiserver.builtin;

import static dev.kvorum.apiserver.builtin.Tree.flag;
import static dev.kvorum.apiserver.builtin.Tree.isEmpty;
import static dev.kvorum.apiserver.builtin.Tree.lacks;
import static dev.kvorum.apiserver.builtin.Tree.number;
import static dev.kvorum.apiserver.builtin.Tree.object;
import static dev.kvorum.apiserver.builtin.Tree.objects;
import static dev.kvorum.apiserver.builtin.Tree.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** What runs pods, and what scales that. */
final class WorkloadRules {
  private static final String APPS = "io.k8s.api.apps.v1.";
  private static final String BATCH = "io.k8s.api.batch.v1.";
  private static final String SCALING = "io.k8s.api.autoscaling.";
  private static final int HISTORY = 10;
  private static final int CPU_PERCENT = 80;
  private static final int PERIOD_SECONDS = 15;

  private WorkloadRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put(APPS + "Deployment", WorkloadRules::deployment);
    rules.put(APPS + "DaemonSet", WorkloadRules::daemonSet);
    rules.put(APPS + "StatefulSet", WorkloadRules::statefulSet);
    rules.put(APPS + "ReplicaSet", set -> number(object(set, "spec"), "replicas", 1));
    rules.put(BATCH + "Job", WorkloadRules::job);
    rules.put(BATCH + "CronJob", WorkloadRules::cronJob);
    rules.put(
        BATCH + "PodFailurePolicyOnPodConditionsPattern",
        pattern -> text(pattern, "status", "True"));
    rules.put(SCALING + "v1.HorizontalPodAutoscaler", WorkloadRules::autoscalerV1);
    rules.put(SCALING + "v2.HorizontalPodAutoscaler", WorkloadRules::autoscaler);
  }

  private static void deployment(ObjectNode deployment) {
    ObjectNode spec = object(deployment, "spec");
    number(spec, "replicas", 1);
    ObjectNode strategy = object(spec, "strategy");
    text(strategy, "type", "RollingUpdate");
    if (text(strategy, "type").equals("RollingUpdate")) {
      ObjectNode rolling = object(strategy, "rollingUpdate");
      if (lacks(rolling, "maxUnavailable")) {
        rolling.put("maxUnavailable", "25%");
      }
      if (lacks(rolling, "maxSurge")) {
        rolling.put("maxSurge", "25%");
      }
    }
    number(spec, "revisionHistoryLimit", HISTORY);
    number(spec, "progressDeadlineSeconds", 600);
  }

  private static void daemonSet(ObjectNode set) {
    ObjectNode spec = object(set, "spec");
    ObjectNode strategy = object(spec, "updateStrategy");
    text(strategy, "type", "RollingUpdate");
    if (text(strategy, "type").equals("RollingUpdate")) {
      ObjectNode rolling = object(strategy, "rollingUpdate");
      number(rolling, "maxUnavailable", 1);
      number(rolling, "maxSurge", 0);
    }
    number(spec, "revisionHistoryLimit", HISTORY);
  }

  private static void statefulSet(ObjectNode set) {
    ObjectNode spec = object(set, "spec");
    text(spec, "podManagementPolicy", "OrderedReady");
    ObjectNode strategy = object(spec, "updateStrategy");
    if (text(strategy, "type").isEmpty()) {
      strategy.put("type", "RollingUpdate");
      object(strategy, "rollingUpdate");
    }
    if (text(strategy, "type").equals("RollingUpdate")
        && strategy.get("rollingUpdate") instanceof ObjectNode rolling) {
      number(rolling, "partition", 0);
    }
    ObjectNode retention = object(spec, "persistentVolumeClaimRetentionPolicy");
    text(retention, "whenDeleted", "Retain");
    text(retention, "whenScaled", "Retain");
    number(spec, "replicas", 1);
    number(spec, "revisionHistoryLimit", HISTORY);
    for (ObjectNode claim : objects(spec, "volumeClaimTemplates")) {
      text(claim, "kind", "PersistentVolumeClaim");
      text(claim, "apiVersion", "v1");
    }
  }

  private static void job(ObjectNode job) {
    ObjectNode spec = object(job, "spec");
    if (lacks(spec, "completions") && lacks(spec, "parallelism")) {
      spec.put("completions", 1);
    }
    number(spec, "parallelism", 1);
    number(spec, "backoffLimit", lacks(spec, "backoffLimitPerIndex") ? 6 : Integer.MAX_VALUE);
    JsonNode labels = spec.at("/template/metadata/labels");
    ObjectNode metadata = object(job, "metadata");
    if (!labels.isMissingNode() && isEmpty(metadata, "labels")) {
      metadata.set("labels", labels.deepCopy());
    }
    text(spec, "completionMode", "NonIndexed");
    flag(spec, "suspend", false);
    text(
        spec,
        "podReplacementPolicy",
        lacks(spec, "podFailurePolicy") ? "TerminatingOrFailed" : "Failed");
    flag(spec, "manualSelector", false);
  }

  private static void cronJob(ObjectNode job) {
    ObjectNode spec = object(job, "spec");
    text(spec, "concurrencyPolicy", "Allow");
    flag(spec, "suspend", false);
    number(spec, "successfulJobsHistoryLimit", 3);
    number(spec, "failedJobsHistoryLimit", 1);
  }

  /** The usual metric has a field of its own here; others are in an annotation. */
  private static void autoscalerV1(ObjectNode autoscaler) {
    ObjectNode spec = object(autoscaler, "spec");
    number(spec, "minReplicas", 1);
    JsonNode annotations = autoscaler.at("/metadata/annotations");
    if (!annotations.has("autoscaling.alpha.kubernetes.io/metrics")) {
      number(spec, "targetCPUUtilizationPercentage", CPU_PERCENT);
    }
  }

  private static void autoscaler(ObjectNode autoscaler) {
    ObjectNode spec = object(autoscaler, "spec");
    number(spec, "minReplicas", 1);
    if (isEmpty(spec, "metrics")) {
      ObjectNode metric = spec.putArray("metrics").addObject().put("type", "Resource");
      metric
          .putObject("resource")
          .put("name", "cpu")
          .putObject("target")
          .put("type", "Utilization")
          .put("averageUtilization", CPU_PERCENT);
    }
    if (spec.get("behavior") instanceof ObjectNode behavior) {
      ObjectNode up = object(behavior, "scaleUp");
      number(up, "stabilizationWindowSeconds", 0);
      text(up, "selectPolicy", "Max");
      if (lacks(up, "policies")) {
        policy(up, "Pods", 4);
        policy(up, "Percent", 100);
      }
      ObjectNode down = object(behavior, "scaleDown");
      text(down, "selectPolicy", "Max");
      if (lacks(down, "policies")) {
        policy(down, "Percent", 100);
      }
    }
  }

  private static void policy(ObjectNode rules, String type, int value) {
    rules
        .withArray("policies")
        .addObject()
        .put("type", type)
        .put("value", value)
        .put("periodSeconds", PERIOD_SECONDS);
  }
}
