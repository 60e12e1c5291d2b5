package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Pods. What is shown as a pod's status is made of those of its containers. */
final class PodPrinter {
  static final String COLUMNS =
      "Name*, Ready, Status, Restarts, Age, +IP, +Node, +Nominated Node, +Readiness Gates";
  private static final String RUNNING = "Running";

  /** Restarts of containers, and when the last of them was. */
  private static final class Restarts {
    long count;

    @Nullable
    Instant last;

    void add(JsonNode container) {
      count += container.path("restartCount").asLong(0);
      Instant ended = Times.read(Row.at(container, "lastState", "terminated", "finishedAt"));
      if (ended != null && (last == null || last.isBefore(ended))) {
        last = ended;
      }
    }

    String text(Instant now) {
      return count == 0 || last == null
          ? Long.toString(count)
          : count + " (" + Times.human(Duration.between(last, now)) + " ago)";
    }
  }

  private final Row row;
  private final JsonNode status;
  private final Set<String> sidecars = new HashSet<>();
  private String reason;
  private long ready;
  private Restarts restarts = new Restarts();

  /** Of init containers that go on running, which count as containers later. */
  private final Restarts sidecarRestarts = new Restarts();

  private PodPrinter(Row row) {
    this.row = row;
    this.status = row.at("status");
    this.reason = row.filledOr(row.text("status", "phase"), "status", "reason");
  }

  static void print(Row row) {
    new PodPrinter(row).print();
  }

  private void print() {
    JsonNode spec = row.at("spec");
    long containers = spec.path("containers").size();
    for (JsonNode container : spec.path("initContainers")) {
      if (container.path("restartPolicy").asText().equals("Always")) {
        sidecars.add(container.path("name").asText());
        containers++;
      }
    }
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asText().equals("PodScheduled")
          && condition.path("reason").asText().equals("SchedulingGated")) {
        reason = "SchedulingGated";
      }
    }
    String phase = status.path("phase").asText();
    finished(phase);
    if (!initializing(spec.path("initContainers").size()) || isTrue("Initialized")) {
      containers();
    }
    if (row.isDeleted()) {
      if (status.path("reason").asText().equals("NodeLost")) {
        reason = "Unknown";
      } else if (!phase.equals("Succeeded") && !phase.equals("Failed")) {
        reason = "Terminating";
      }
    }
    row.addName()
        .add(ready + "/" + containers)
        .add(reason)
        .add(restarts.text(row.now()))
        .addAge();
    row.add(address());
    row.add(row.filledOr(Texts.NONE, "spec", "nodeName"));
    row.add(row.filledOr(Texts.NONE, "status", "nominatedNodeName"));
    row.add(readinessGates(spec.path("readinessGates")));
  }

  private void finished(String phase) {
    String message = switch (phase) {
      case "Succeeded" -> "The pod has completed successfully.";
      case "Failed" -> "The pod failed.";
      default -> null;
    };
    if (message != null) {
      row.condition(JsonNodeFactory.instance
          .objectNode()
          .put("type", "Completed")
          .put("status", "True")
          .put("reason", phase)
          .put("message", message));
    }
  }

  /** The first condition of the type counts. */
  private boolean isTrue(String type) {
    return Texts.isTrue(Texts.condition(status.path("conditions"), type));
  }

  /** Goes through the init containers up to the first that is not done; false if there is none. */
  private boolean initializing(int all) {
    int position = -1;
    for (JsonNode container : status.path("initContainerStatuses")) {
      position++;
      restarts.add(container);
      boolean sidecar = sidecars.contains(container.path("name").asText());
      if (sidecar) {
        sidecarRestarts.add(container);
      }
      JsonNode terminated = Row.at(container, "state", "terminated");
      boolean hasEnded = terminated.isObject();
      if (hasEnded && terminated.path("exitCode").asLong(0) == 0) {
        continue;
      }
      if (sidecar && container.path("started").asBoolean(false)) {
        ready += container.path("ready").asBoolean(false) ? 1 : 0;
        continue;
      }
      String waiting = Row.at(container, "state", "waiting", "reason").asText("");
      if (hasEnded) {
        reason = "Init:" + ending(terminated);
      } else if (!waiting.isEmpty() && !waiting.equals("PodInitializing")) {
        reason = "Init:" + waiting;
      } else {
        reason = "Init:" + position + "/" + all;
      }
      return true;
    }
    return false;
  }

  private static String ending(JsonNode terminated) {
    String reason = Row.at(terminated, "reason").asText("");
    if (!reason.isEmpty()) {
      return reason;
    }
    long signal = terminated.path("signal").asLong(0);
    return signal != 0
        ? "Signal:" + signal
        : "ExitCode:" + terminated.path("exitCode").asLong(0);
  }

  /** From the last container to the first: what the first of them says, counts. */
  private void containers() {
    restarts = new Restarts();
    restarts.count = sidecarRestarts.count;
    restarts.last = sidecarRestarts.last;
    boolean running = false;
    String failure = "";
    JsonNode containers = status.path("containerStatuses");
    for (int i = containers.size() - 1; i >= 0; i--) {
      JsonNode container = containers.get(i);
      restarts.add(container);
      String waiting = Row.at(container, "state", "waiting", "reason").asText("");
      JsonNode terminated = Row.at(container, "state", "terminated");
      if (!waiting.isEmpty()) {
        reason = waiting;
      } else if (terminated.isObject()) {
        reason = ending(terminated);
        if (terminated.path("exitCode").asLong(0) != 0) {
          failure = reason;
        }
      } else if (container.path("ready").asBoolean(false)
          && Row.at(container, "state", "running").isObject()) {
        running = true;
        ready++;
      }
    }
    if (!reason.equals("Completed")) {
      return;
    }
    if (running && hasReadyCondition()) {
      reason = RUNNING;
    } else if (!failure.isEmpty()) {
      reason = failure;
    } else if (running) {
      reason = "NotReady";
    }
  }

  /** Any condition of the type counts. */
  private boolean hasReadyCondition() {
    for (JsonNode condition : status.path("conditions")) {
      if (condition.path("type").asText().equals("Ready") && Texts.isTrue(condition)) {
        return true;
      }
    }
    return false;
  }

  /** The single address rules: a kubelet that knows only it may have left others in the list. */
  private String address() {
    String single = row.text("status", "podIP");
    String first = Row.at(status.path("podIPs").path(0), "ip").asText("");
    String address = single.isEmpty() ? first : single;
    return address.isEmpty() ? Texts.NONE : address;
  }

  private String readinessGates(JsonNode gates) {
    if (gates.isEmpty()) {
      return Texts.NONE;
    }
    int open = 0;
    for (JsonNode gate : gates) {
      if (isTrue(gate.path("conditionType").asText())) {
        open++;
      }
    }
    return open + "/" + gates.size();
  }
}
