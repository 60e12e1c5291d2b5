package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;

/** What makes pods, and what watches over them. */
final class WorkloadPrinters {
  private static final String PODS = "+Containers, +Images";
  private static final String SELECTED = PODS + ", +Selector";

  private WorkloadPrinters() {}

  static void addTo(Map<String, TableConvertor> all) {
    BuiltInTables.add(all, "/Pod", PodPrinter.COLUMNS, PodPrinter::print);
    BuiltInTables.add(
        all,
        "/PodTemplate",
        "Name*, Containers, Images, Pod Labels",
        WorkloadPrinters::podTemplate);
    String replicas = "Name*, Desired#integer, Current#integer, Ready#integer, Age, " + SELECTED;
    BuiltInTables.add(
        all, "/ReplicationController", replicas, WorkloadPrinters::replicationController);
    BuiltInTables.add(all, "apps/ReplicaSet", replicas, WorkloadPrinters::replicaSet);
    BuiltInTables.add(
        all,
        "apps/Deployment",
        "Name*, Ready, Up-to-date, Available, Age, " + SELECTED,
        WorkloadPrinters::deployment);
    BuiltInTables.add(
        all, "apps/StatefulSet", "Name*, Ready, Age, " + PODS, WorkloadPrinters::statefulSet);
    BuiltInTables.add(
        all,
        "apps/DaemonSet",
        "Name*, Desired#integer, Current#integer, Ready#integer, Up-to-date#integer,"
            + " Available#integer, Node Selector, Age, "
            + SELECTED,
        WorkloadPrinters::daemonSet);
    BuiltInTables.add(
        all,
        "apps/ControllerRevision",
        "Name*, Controller, Revision, Age",
        WorkloadPrinters::controllerRevision);
    BuiltInTables.add(
        all,
        "batch/Job",
        "Name*, Status, Completions, Duration, Age, " + SELECTED,
        WorkloadPrinters::job);
    BuiltInTables.add(
        all,
        "batch/CronJob",
        "Name*, Schedule, Timezone, Suspend#boolean, Active#integer, Last Schedule, Age, "
            + SELECTED,
        WorkloadPrinters::cronJob);
    BuiltInTables.add(
        all,
        "policy/PodDisruptionBudget",
        "Name*, Min Available, Max Unavailable, Allowed Disruptions#integer, Age",
        WorkloadPrinters::disruptionBudget);
    BuiltInTables.add(
        all,
        "autoscaling/Scale",
        "Name, Desired#integer, Available#integer, Age",
        row -> row.addName()
            .add(row.number("spec", "replicas"))
            .add(row.number("status", "replicas"))
            .addAge());
    BuiltInTables.add(
        all,
        "autoscaling/HorizontalPodAutoscaler",
        AutoscalerPrinter.COLUMNS,
        AutoscalerPrinter::print);
  }

  private static void podTemplate(Row row) {
    row.addName();
    Texts.addContainers(row, row.at("template", "spec"));
    row.add(Texts.labels(row.at("template", "metadata", "labels")));
  }

  private static void replicationController(Row row) {
    replicas(row);
    row.add(Texts.labels(row.at("spec", "selector")));
  }

  private static void replicaSet(Row row) {
    replicas(row);
    row.add(Texts.selectorCell(row.at("spec", "selector")));
  }

  private static void replicas(Row row) {
    row.addName()
        .add(row.number("spec", "replicas"))
        .add(row.number("status", "replicas"))
        .add(row.number("status", "readyReplicas"))
        .addAge();
    Texts.addContainers(row, row.at("spec", "template", "spec"));
  }

  private static String readyOfWanted(Row row) {
    return row.number("status", "readyReplicas") + "/" + row.number("spec", "replicas");
  }

  private static void deployment(Row row) {
    row.addName()
        .add(readyOfWanted(row))
        .add(row.number("status", "updatedReplicas"))
        .add(row.number("status", "availableReplicas"))
        .addAge();
    Texts.addContainers(row, row.at("spec", "template", "spec"));
    String selector = Texts.selector(row.at("spec", "selector"));
    row.add(selector == null ? Times.INVALID : selector);
  }

  private static void statefulSet(Row row) {
    row.addName().add(readyOfWanted(row)).addAge();
    Texts.addContainers(row, row.at("spec", "template", "spec"));
  }

  private static void daemonSet(Row row) {
    row.addName();
    for (String count : new String[] {
      "desiredNumberScheduled",
      "currentNumberScheduled",
      "numberReady",
      "updatedNumberScheduled",
      "numberAvailable"
    }) {
      row.add(row.number("status", count));
    }
    row.add(Texts.labels(row.at("spec", "template", "spec", "nodeSelector"))).addAge();
    Texts.addContainers(row, row.at("spec", "template", "spec"));
    row.add(Texts.selectorCell(row.at("spec", "selector")));
  }

  private static void controllerRevision(Row row) {
    String controller = Texts.NONE;
    for (JsonNode owner : row.at("metadata", "ownerReferences")) {
      if (owner.path("controller").asBoolean(false)) {
        String apiVersion = owner.path("apiVersion").asText();
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : "." + apiVersion.substring(0, slash);
        String kind = owner.path("kind").asText() + group;
        String prefix = kind.isEmpty() ? "" : kind.toLowerCase(Locale.ROOT) + "/";
        controller = prefix + owner.path("name").asText();
        break;
      }
    }
    row.addName().add(controller).add(row.number("revision")).addAge();
  }

  private static void job(Row row) {
    row.addName().add(jobStatus(row)).add(completions(row)).add(duration(row)).addAge();
    Texts.addContainers(row, row.at("spec", "template", "spec"));
    row.add(Texts.selectorCell(row.at("spec", "selector")));
  }

  private static String jobStatus(Row row) {
    if (jobIs(row, "Complete")) {
      return "Complete";
    }
    if (jobIs(row, "Failed")) {
      return "Failed";
    }
    if (row.isDeleted()) {
      return "Terminating";
    }
    for (String state : new String[] {"Suspended", "FailureTarget", "SuccessCriteriaMet"}) {
      if (jobIs(row, state)) {
        return state;
      }
    }
    return "Running";
  }

  private static boolean jobIs(Row row, String type) {
    return Texts.isTrue(Texts.condition(row.at("status", "conditions"), type));
  }

  private static String completions(Row row) {
    long succeeded = row.number("status", "succeeded");
    if (row.has("spec", "completions")) {
      return succeeded + "/" + row.number("spec", "completions");
    }
    long parallelism = row.number("spec", "parallelism");
    return succeeded + "/1" + (parallelism > 1 ? " of " + parallelism : "");
  }

  private static String duration(Row row) {
    Instant start = Times.read(row.at("status", "startTime"));
    if (start == null) {
      return "";
    }
    Instant end = Times.read(row.at("status", "completionTime"));
    return Times.human(Duration.between(start, end == null ? row.now() : end));
  }

  private static void cronJob(Row row) {
    JsonNode last = row.at("status", "lastScheduleTime");
    String suspend = !row.has("spec", "suspend")
        ? Texts.UNSET
        : row.at("spec", "suspend").asBoolean(false) ? "True" : "False";
    row.addName()
        .add(row.text("spec", "schedule"))
        .add(row.textOr(Texts.NONE, "spec", "timeZone"))
        .add(suspend)
        .add(row.at("status", "active").size())
        .add(last.isMissingNode() ? Texts.NONE : row.since(last))
        .addAge();
    Texts.addContainers(row, row.at("spec", "jobTemplate", "spec", "template", "spec"));
    row.add(Texts.selectorCell(row.at("spec", "jobTemplate", "spec", "selector")));
  }

  private static void disruptionBudget(Row row) {
    row.addName()
        .add(row.textOr("N/A", "spec", "minAvailable"))
        .add(row.textOr("N/A", "spec", "maxUnavailable"))
        .add(row.number("status", "disruptionsAllowed"))
        .addAge();
  }
}
