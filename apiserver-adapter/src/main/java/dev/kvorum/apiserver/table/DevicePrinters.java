package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Devices that pods claim, and groups of pods. */
final class DevicePrinters {
  private DevicePrinters() {}

  static void addTo(Map<String, TableConvertor> all) {
    String group = "resource.k8s.io/";
    BuiltInTables.add(
        all, group + "DeviceClass", "Name*, Age", row -> row.addName().addAge());
    BuiltInTables.add(
        all, group + "ResourceClaimTemplate", "Name*, Age", row -> row.addName().addAge());
    BuiltInTables.add(
        all,
        group + "ResourceClaim",
        "Name*, State, Age",
        row -> row.addName().add(state(row)).addAge());
    BuiltInTables.add(
        all,
        group + "ResourceSlice",
        "Name*, Node, Driver, Pool, Age",
        row -> row.addName()
            .add(row.text("spec", "nodeName"))
            .add(row.text("spec", "driver"))
            .add(row.text("spec", "pool", "name"))
            .addAge());
    BuiltInTables.add(
        all,
        group + "DeviceTaintRule",
        "Name*, Key, Value, Effect, TimeAdded, Age",
        DevicePrinters::taint);
    BuiltInTables.add(
        all,
        group + "ResourcePoolStatusRequest",
        "Name*, Driver, Total, Available, Allocated, Unavailable, Errors, Pools#integer, Status,"
            + " Completed",
        DevicePrinters::pools);
    BuiltInTables.add(
        all, "scheduling.k8s.io/Workload", "Name*, Age", row -> row.addName().addAge());
    BuiltInTables.add(
        all,
        "scheduling.k8s.io/PodGroup",
        "Name*, Policy, Workload, Status, Age",
        DevicePrinters::podGroup);
  }

  private static String state(Row row) {
    List<String> states = new ArrayList<>();
    if (row.isDeleted()) {
      states.add("deleted");
    }
    if (row.has("status", "allocation")) {
      states.add("allocated");
      if (!row.at("status", "reservedFor").isEmpty()) {
        states.add("reserved");
      }
    } else if (!row.isDeleted()) {
      states.add("pending");
    }
    return String.join(",", states);
  }

  private static void taint(Row row) {
    JsonNode added = row.at("spec", "taint", "timeAdded");
    row.addName()
        .add(row.text("spec", "taint", "key"))
        .add(row.text("spec", "taint", "value"))
        .add(row.text("spec", "taint", "effect"))
        .add(added.isMissingNode() ? "" : row.since(added))
        .addAge();
  }

  private static void pools(Row row) {
    JsonNode conditions = row.at("status", "conditions");
    String status = "Pending";
    String completed = Texts.NONE;
    for (JsonNode condition : conditions) {
      String type = condition.path("type").asText();
      if (Texts.isTrue(condition) && (type.equals("Complete") || type.equals("Failed"))) {
        status = type;
        if (type.equals("Complete")) {
          completed = row.since(Row.at(condition, "lastTransitionTime"));
        }
        break;
      }
    }
    boolean counted = row.has("status") && !status.equals("Failed");
    long count = row.number("status", "poolCount");
    JsonNode pools = row.at("status", "pools");
    if (status.equals("Complete") && count > pools.size()) {
      status = "Complete (" + pools.size() + "/" + count + " pools)";
    }
    row.addName().add(row.text("spec", "driver"));
    for (String field :
        new String[] {"totalDevices", "availableDevices", "allocatedDevices", "unavailableDevices"
        }) {
      long sum = 0;
      for (JsonNode pool : pools) {
        sum += pool.path(field).asLong(0);
      }
      row.add(counted ? Long.toString(sum) : "-");
    }
    long errors = 0;
    for (JsonNode pool : pools) {
      errors += pool.hasNonNull("validationError") ? 1 : 0;
    }
    row.add(counted ? Long.toString(errors) : "-").add(count).add(status).add(completed);
  }

  private static void podGroup(Row row) {
    String scheduled = "Pending";
    String disrupted = null;
    for (JsonNode condition : row.at("status", "conditions")) {
      switch (condition.path("type").asText()) {
        case "PodGroupScheduled" ->
          scheduled = Texts.isTrue(condition) ? "Scheduled" : "Unschedulable";
        case "DisruptionTarget" -> disrupted = condition.path("reason").asText("");
        default -> {}
      }
    }
    row.addName()
        .add(row.has("spec", "schedulingPolicy", "gang") ? "Gang" : "Basic")
        .add(
            row.has("spec", "podGroupTemplateRef")
                ? row.text("spec", "podGroupTemplateRef", "workload", "workloadName")
                : Texts.NONE)
        .add(disrupted == null ? scheduled : disrupted)
        .addAge();
  }
}
