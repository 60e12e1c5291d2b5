package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Selectors that objects hold, as text (Kubernetes API: LabelSelector). */
final class Selectors {
  private Selectors() {}

  /** Labels that must have these values. */
  static String ofMap(JsonNode labels) {
    List<String> terms = new ArrayList<>();
    sorted(labels).forEach((key, value) -> terms.add(key + "=" + value));
    return String.join(",", terms);
  }

  /** The whole of a selector: its terms in the order of their keys. */
  static String of(JsonNode selector) {
    TreeMap<String, List<String>> terms = new TreeMap<>();
    sorted(selector.path("matchLabels"))
        .forEach((key, value) ->
            terms.computeIfAbsent(key, unused -> new ArrayList<>()).add(key + "=" + value));
    for (JsonNode each : selector.path("matchExpressions")) {
      String key = each.path("key").asText();
      TreeSet<String> values = new TreeSet<>();
      each.path("values").forEach(value -> values.add(value.asText()));
      String list = " (" + String.join(",", values) + ")";
      String term = switch (each.path("operator").asText()) {
        case "In" -> key + " in" + list;
        case "NotIn" -> key + " notin" + list;
        case "Exists" -> key;
        case "DoesNotExist" -> "!" + key;
        default -> "";
      };
      terms.computeIfAbsent(key, unused -> new ArrayList<>()).add(term);
    }
    List<String> all = new ArrayList<>();
    terms.values().forEach(all::addAll);
    return String.join(",", all);
  }

  private static Map<String, String> sorted(JsonNode labels) {
    Map<String, String> sorted = new TreeMap<>();
    labels
        .properties()
        .forEach(each -> sorted.put(each.getKey(), each.getValue().asText()));
    return sorted;
  }
}
