package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What many printers make of parts of objects. */
final class Texts {
  static final String NONE = "<none>";
  static final String UNSET = "<unset>";

  private Texts() {}

  /** {@code a=1,b=2}; {@code <none>} without any. */
  static String labels(JsonNode labels) {
    Map<String, String> sorted = new TreeMap<>();
    labels
        .properties()
        .forEach(each -> sorted.put(each.getKey(), each.getValue().asText()));
    return sorted.isEmpty()
        ? NONE
        : sorted.entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(","));
  }

  /** A selector of objects as it is typed; empty if it has no conditions, null if it is not valid. */
  static @Nullable String selector(JsonNode selector) {
    record Condition(String key, String text) {}
    List<Condition> conditions = new ArrayList<>();
    selector
        .path("matchLabels")
        .properties()
        .forEach(each -> conditions.add(
            new Condition(each.getKey(), each.getKey() + "=" + each.getValue().asText())));
    for (JsonNode each : selector.path("matchExpressions")) {
      String key = each.path("key").asText();
      TreeSet<String> values = new TreeSet<>();
      each.path("values").forEach(value -> values.add(value.asText()));
      String listed = "(" + String.join(",", values) + ")";
      String text = switch (each.path("operator").asText()) {
        case "In" -> values.isEmpty() ? null : key + " in " + listed;
        case "NotIn" -> values.isEmpty() ? null : key + " notin " + listed;
        case "Exists" -> values.isEmpty() ? key : null;
        case "DoesNotExist" -> values.isEmpty() ? "!" + key : null;
        default -> null;
      };
      if (text == null) {
        return null;
      }
      conditions.add(new Condition(key, text));
    }
    conditions.sort(Comparator.comparing(Condition::key));
    return conditions.stream().map(Condition::text).collect(Collectors.joining(","));
  }

  /** As {@link #selector}, with words for none and for one that is not valid. */
  static String selectorCell(JsonNode selector) {
    String text = selector(selector);
    if (text == null) {
      return "<error>";
    }
    return text.isEmpty() ? NONE : text;
  }

  /** Fields of the elements of a list, separated by commas. */
  static String joined(JsonNode list, String field) {
    List<String> values = new ArrayList<>();
    list.forEach(each -> values.add(Row.at(each, field).asText("")));
    return String.join(",", values);
  }

  static String joined(JsonNode list) {
    List<String> values = new ArrayList<>();
    list.forEach(each -> values.add(each.asText("")));
    return String.join(",", values);
  }

  /** The names and the images of containers, as two cells. */
  static void addContainers(Row row, JsonNode podSpec) {
    row.add(joined(podSpec.path("containers"), "name"));
    row.add(joined(podSpec.path("containers"), "image"));
  }

  /** The first few of many. */
  static String some(List<String> all, int most) {
    if (all.size() <= most) {
      String text = String.join(",", all);
      return text.isEmpty() ? UNSET : text;
    }
    return String.join(",", all.subList(0, most)) + " + " + (all.size() - most) + " more...";
  }

  /** The first condition of a type; missing if there is none. */
  static JsonNode condition(JsonNode conditions, String type) {
    for (JsonNode each : conditions) {
      if (each.path("type").asText().equals(type)) {
        return each;
      }
    }
    return MissingNode.getInstance();
  }

  static boolean isTrue(JsonNode condition) {
    return condition.path("status").asText().equals("True");
  }

  /** Where a load balancer is. */
  static String addresses(JsonNode ingress) {
    TreeSet<String> addresses = new TreeSet<>();
    for (JsonNode each : ingress) {
      String ip = Row.at(each, "ip").asText("");
      String address = ip.isEmpty() ? Row.at(each, "hostname").asText("") : ip;
      if (!address.isEmpty()) {
        addresses.add(address);
      }
    }
    return String.join(",", addresses);
  }
}
