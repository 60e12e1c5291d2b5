package dev.kvorum.apiserver.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a pod asks for as a whole, when its author has begun to say so: what its containers ask for together, or else its
 * limits.
 */
final class PodResources {
  private static final String HUGE_PAGES = "hugepages-";

  private PodResources() {}

  static void fillIn(ObjectNode spec) {
    if (!(spec.get("resources") instanceof ObjectNode resources)) {
      return;
    }
    JsonNode requests = resources.path("requests");
    if (!resources.path("limits").isEmpty() || !requests.isEmpty()) {
      for (Map.Entry<String, String> each : together(spec, "limits").entrySet()) {
        if (each.getKey().startsWith(HUGE_PAGES) && !requests.has(each.getKey())) {
          fill(resources, "limits", each.getKey(), each.getValue());
        }
      }
    }
    if (resources.path("limits").isEmpty()) {
      return;
    }
    for (Map.Entry<String, String> each : together(spec, "requests").entrySet()) {
      if (each.getKey().equals("cpu") || each.getKey().equals("memory")) {
        fill(resources, "requests", each.getKey(), each.getValue());
      }
    }
    for (Map.Entry<String, JsonNode> each : resources.path("limits").properties()) {
      String name = each.getKey();
      if (name.equals("cpu") || name.equals("memory") || name.startsWith(HUGE_PAGES)) {
        fill(resources, "requests", name, each.getValue().asText());
      }
    }
  }

  private static void fill(ObjectNode resources, String what, String name, String amount) {
    ObjectNode map = Tree.object(resources, what);
    if (!map.has(name)) {
      map.put(name, amount);
      Tree.sort(map);
    }
  }

  /** What is needed at most at one time: by all that stay, or by one that is to end and those that started before it. */
  private static Map<String, String> together(ObjectNode spec, String what) {
    Map<String, String> sum = new TreeMap<>();
    for (ObjectNode container : Tree.objects(spec, "containers")) {
      add(sum, container.path("resources").path(what));
    }
    Map<String, String> started = new TreeMap<>();
    Map<String, String> most = new TreeMap<>();
    for (ObjectNode container : Tree.objects(spec, "initContainers")) {
      JsonNode amounts = container.path("resources").path(what);
      Map<String, String> now;
      if (Tree.text(container, "restartPolicy").equals("Always")) {
        add(sum, amounts);
        add(started, amounts);
        now = started;
      } else {
        now = new TreeMap<>();
        add(now, amounts);
        addAll(now, started);
      }
      now.forEach((name, amount) -> most.merge(name, amount, Amounts::larger));
    }
    most.forEach((name, amount) -> sum.merge(name, amount, Amounts::larger));
    return sum;
  }

  private static void addAll(Map<String, String> sum, Map<String, String> amounts) {
    amounts.forEach((name, amount) -> sum.merge(name, amount, Amounts::sum));
  }

  private static void add(Map<String, String> sum, JsonNode amounts) {
    amounts
        .properties()
        .forEach(each -> sum.merge(each.getKey(), each.getValue().asText(), Amounts::sum));
  }
}
