package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Nodes, namespaces and what else describes a cluster and the server itself. */
final class ClusterPrinters {
  private static final String ROLE_PREFIX = "node-role.kubernetes.io/";

  private ClusterPrinters() {}

  static void addTo(Map<String, TableConvertor> all) {
    BuiltInTables.add(
        all,
        "/Node",
        "Name*, Status, Roles, Age, Version, +Internal-IP, +External-IP, +OS-Image,"
            + " +Kernel-Version, +Container-Runtime",
        ClusterPrinters::node);
    BuiltInTables.add(
        all,
        "/Namespace",
        "Name*, Status, Age",
        row -> row.addName().add(row.text("status", "phase")).addAge());
    BuiltInTables.add(
        all, "/ComponentStatus", "Name*, Status, Message, Error", ClusterPrinters::component);
    BuiltInTables.add(all, "/ResourceQuota", "Name*, Request, Limit, Age", ClusterPrinters::quota);
    BuiltInTables.add(
        all,
        "coordination.k8s.io/Lease",
        "Name*, Holder, Age",
        row -> row.addName().add(row.text("spec", "holderIdentity")).addAge());
    BuiltInTables.add(
        all,
        "coordination.k8s.io/LeaseCandidate",
        "Name*, LeaseName, BinaryVersion, EmulationVersion, Age",
        row -> row.addName()
            .add(row.text("spec", "leaseName"))
            .add(row.text("spec", "binaryVersion"))
            .add(row.text("spec", "emulationVersion"))
            .addAge());
    BuiltInTables.add(
        all,
        "scheduling.k8s.io/PriorityClass",
        "Name*, Value#integer, Global-Default#boolean, Age, PreemptionPolicy",
        row -> row.addName()
            .add(row.number("value"))
            .add(row.at("globalDefault").asBoolean(false))
            .addAge()
            .add(row.text("preemptionPolicy")));
    BuiltInTables.add(
        all,
        "node.k8s.io/RuntimeClass",
        "Name*, Handler, Age",
        row -> row.addName().add(row.text("handler")).addAge());
    BuiltInTables.add(
        all,
        "apiregistration.k8s.io/APIService",
        "Name*, Service, Available, Age",
        ClusterPrinters::apiService);
    BuiltInTables.add(
        all,
        "internal.apiserver.k8s.io/StorageVersion",
        "Name*, CommonEncodingVersion, StorageVersions, Age",
        ClusterPrinters::storageVersion);
    BuiltInTables.add(
        all,
        "storagemigration.k8s.io/StorageVersionMigration",
        "Name, Resource, Status",
        ClusterPrinters::migration);
    flowControl(all);
  }

  private static void flowControl(Map<String, TableConvertor> all) {
    BuiltInTables.add(
        all,
        "flowcontrol.apiserver.k8s.io/FlowSchema",
        "Name*, PriorityLevel, MatchingPrecedence, DistinguisherMethod, Age, MissingPL",
        row -> row.addName()
            .add(row.text("spec", "priorityLevelConfiguration", "name"))
            .add(row.number("spec", "matchingPrecedence"))
            .add(
                row.has("spec", "distinguisherMethod")
                    ? row.text("spec", "distinguisherMethod", "type")
                    : Texts.NONE)
            .addAge()
            .add(Texts.condition(row.at("status", "conditions"), "Dangling")
                .path("status")
                .asText("?")));
    BuiltInTables.add(
        all,
        "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
        "Name*, Type, NominalConcurrencyShares, Queues, HandSize, QueueLengthLimit, Age",
        ClusterPrinters::priorityLevel);
  }

  private static void node(Row row) {
    List<String> status = new ArrayList<>();
    JsonNode ready = MissingNode.getInstance();
    for (JsonNode condition : row.at("status", "conditions")) {
      if (condition.path("type").asText().equals("Ready")) {
        ready = condition;
      }
    }
    status.add(ready.isMissingNode() ? "Unknown" : Texts.isTrue(ready) ? "Ready" : "NotReady");
    if (row.at("spec", "unschedulable").asBoolean(false)) {
      status.add("SchedulingDisabled");
    }
    String architecture = row.text("status", "nodeInfo", "architecture");
    row.addName()
        .add(String.join(",", status))
        .add(roles(row.at("metadata", "labels")))
        .addAge()
        .add(row.text("status", "nodeInfo", "kubeletVersion"))
        .add(address(row, "InternalIP"))
        .add(address(row, "ExternalIP"))
        .add(row.filledOr(Times.UNKNOWN, "status", "nodeInfo", "osImage"))
        .add(row.filledOr(Times.UNKNOWN, "status", "nodeInfo", "kernelVersion")
            + (architecture.isEmpty() ? "" : " (" + architecture + ")"))
        .add(row.filledOr(Times.UNKNOWN, "status", "nodeInfo", "containerRuntimeVersion"));
  }

  private static String roles(JsonNode labels) {
    TreeSet<String> roles = new TreeSet<>();
    labels.properties().forEach(label -> {
      if (label.getKey().startsWith(ROLE_PREFIX)) {
        roles.add(label.getKey().substring(ROLE_PREFIX.length()));
      } else if (label.getKey().equals("kubernetes.io/role")) {
        roles.add(label.getValue().asText());
      }
    });
    roles.remove("");
    return roles.isEmpty() ? Texts.NONE : String.join(",", roles);
  }

  private static String address(Row row, String type) {
    for (JsonNode address : row.at("status", "addresses")) {
      if (address.path("type").asText().equals(type)) {
        return address.path("address").asText("");
      }
    }
    return Texts.NONE;
  }

  private static void component(Row row) {
    JsonNode healthy = Texts.condition(row.at("conditions"), "Healthy");
    row.addName();
    row.add(healthy.isMissingNode() ? "Unknown" : Texts.isTrue(healthy) ? "Healthy" : "Unhealthy");
    row.add(healthy.path("message").asText(""));
    row.add(healthy.path("error").asText(""));
  }

  private static void quota(Row row) {
    List<String> requests = new ArrayList<>();
    List<String> limits = new ArrayList<>();
    JsonNode hard = row.at("status", "hard");
    TreeSet<String> names = new TreeSet<>();
    hard.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      String used = Row.quantity(row.at("status", "used", name), "0");
      String text = name + ": " + used + "/" + Row.quantity(hard.path(name), "0");
      (name.startsWith("limits.") ? limits : requests).add(text);
    }
    row.addName()
        .add(String.join(", ", requests))
        .add(String.join(", ", limits))
        .addAge();
  }

  private static void apiService(Row row) {
    String service = row.has("spec", "service")
        ? row.text("spec", "service", "namespace") + "/" + row.text("spec", "service", "name")
        : "Local";
    JsonNode available = Texts.condition(row.at("status", "conditions"), "Available");
    String status = available.path("status").asText("Unknown");
    String reason = Row.at(available, "reason").asText("");
    row.addName()
        .add(service)
        .add(status.equals("True") || reason.isEmpty() ? status : status + " (" + reason + ")")
        .addAge();
  }

  private static void storageVersion(Row row) {
    List<String> versions = new ArrayList<>();
    for (JsonNode each : row.at("status", "storageVersions")) {
      versions.add(each.path("apiServerID").asText("") + "="
          + each.path("encodingVersion").asText(""));
    }
    row.addName()
        .add(row.textOr(Texts.UNSET, "status", "commonEncodingVersion"))
        .add(Texts.some(versions, 3))
        .addAge();
  }

  private static void migration(Row row) {
    String group = row.text("spec", "resource", "group");
    String resource = row.text("spec", "resource", "resource");
    String status = "Unknown";
    for (JsonNode condition : row.at("status", "conditions")) {
      String type = condition.path("type").asText();
      boolean known = type.equals("Running") || type.equals("Failed") || type.equals("Succeeded");
      status = known && Texts.isTrue(condition) ? type : status;
    }
    row.addName().add(group.isEmpty() ? resource : resource + "." + group).add(status);
  }

  private static void priorityLevel(Row row) {
    row.addName().add(row.text("spec", "type"));
    if (row.has("spec", "limited")) {
      row.add(row.number("spec", "limited", "nominalConcurrencyShares"));
    } else {
      row.add(Texts.NONE);
    }
    JsonNode queuing = row.at("spec", "limited", "limitResponse", "queuing");
    for (String field : new String[] {"queues", "handSize", "queueLengthLimit"}) {
      if (queuing.isObject()) {
        row.add(queuing.path(field).asLong(0));
      } else {
        row.add(Texts.NONE);
      }
    }
    row.addAge();
  }
}
