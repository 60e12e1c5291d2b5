package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** Autoscalers of pods: what they look at, and what of it they wish for. */
final class AutoscalerPrinter {
  static final String COLUMNS = "Name*, Reference, Targets, MinPods, MaxPods, Replicas, Age";
  private static final int SHOWN = 2;
  private static final String DEFAULT = "80%";

  private AutoscalerPrinter() {}

  static void print(Row row) {
    row.addName()
        .add(row.text("spec", "scaleTargetRef", "kind")
            + "/"
            + row.text("spec", "scaleTargetRef", "name"))
        .add(row.text("apiVersion").equals("autoscaling/v1") ? firstVersion(row) : targets(row))
        .add(row.textOr(Texts.UNSET, "spec", "minReplicas"))
        .add(row.number("spec", "maxReplicas"))
        .add(row.number("status", "currentReplicas"))
        .addAge();
  }

  /** The first version of the API knows the processors only, and wishes for something even if nobody said so. */
  private static String firstVersion(Row row) {
    return "cpu: "
        + percent(row.at("status", "currentCPUUtilizationPercentage"), Times.UNKNOWN)
        + "/"
        + percent(row.at("spec", "targetCPUUtilizationPercentage"), DEFAULT);
  }

  private static String targets(Row row) {
    JsonNode wanted = row.at("spec", "metrics");
    JsonNode current = row.at("status", "currentMetrics");
    if (wanted.isEmpty()) {
      return Texts.NONE;
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < Math.min(SHOWN, wanted.size()); i++) {
      texts.add(target(wanted.get(i), current.path(i)));
    }
    String text = String.join(", ", texts);
    return wanted.size() > SHOWN ? text + " + " + (wanted.size() - SHOWN) + " more..." : text;
  }

  private static String target(JsonNode wanted, JsonNode current) {
    return switch (wanted.path("type").asText()) {
      case "External" -> amount(wanted.path("external"), current.path("external"));
      case "Object" -> amount(wanted.path("object"), current.path("object"));
      case "Pods" ->
        average(current.path("pods")) + "/"
            + quantity(wanted.path("pods"), "target", "averageValue");
      case "Resource" -> resource(wanted.path("resource"), current.path("resource"));
      case "ContainerResource" ->
        resource(wanted.path("containerResource"), current.path("containerResource"));
      default -> "<unknown type>";
    };
  }

  private static String amount(JsonNode wanted, JsonNode current) {
    if (has(wanted, "target", "averageValue")) {
      String now = has(current, "current", "averageValue")
          ? quantity(current, "current", "averageValue")
          : Times.UNKNOWN;
      return now + "/" + quantity(wanted, "target", "averageValue") + " (avg)";
    }
    String now = current.isObject() ? quantity(current, "current", "value") : Times.UNKNOWN;
    return now + "/" + quantity(wanted, "target", "value");
  }

  private static String resource(JsonNode wanted, JsonNode current) {
    String name = Row.at(wanted, "name").asText("") + ": ";
    if (has(wanted, "target", "averageValue")) {
      return name + average(current) + "/" + quantity(wanted, "target", "averageValue");
    }
    return name
        + percent(Row.at(current, "current", "averageUtilization"), Times.UNKNOWN)
        + "/"
        + percent(Row.at(wanted, "target", "averageUtilization"), "<auto>");
  }

  private static String average(JsonNode current) {
    return current.isObject() ? quantity(current, "current", "averageValue") : Times.UNKNOWN;
  }

  private static boolean has(JsonNode node, String... path) {
    return !Row.at(node, path).isMissingNode();
  }

  private static String quantity(JsonNode node, String... path) {
    return Row.quantity(Row.at(node, path), "<nil>");
  }

  private static String percent(JsonNode value, String otherwise) {
    return value.isMissingNode() ? otherwise : value.asLong() + "%";
  }
}
