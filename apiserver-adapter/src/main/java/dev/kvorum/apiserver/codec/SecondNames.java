package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.ObjectType;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Fields that say the same as another one of their object. */
final class SecondNames {
  private static final String POD_SPEC = "io.k8s.api.core.v1.PodSpec";
  private static final String SECRET = "io.k8s.api.core.v1.Secret";

  private static final String POD_STATUS = "io.k8s.api.core.v1.PodStatus";
  private static final String NODE_SPEC = "io.k8s.api.core.v1.NodeSpec";

  private SecondNames() {}

  /** Makes the two agree. */
  static void settle(ObjectType type, Map<String, @Nullable JsonNode> values) {
    switch (type.definition()) {
      case POD_SPEC -> serviceAccount(values);
      case SECRET -> stringData(values);
      case NODE_SPEC -> firstOfList(values, "podCIDR", "podCIDRs", "");
      case POD_STATUS -> firstOfList(values, "podIP", "podIPs", "ip");
      default -> {}
    }
  }

  /** The newer name wins; both are written. */
  private static void serviceAccount(Map<String, @Nullable JsonNode> values) {
    JsonNode name = values.get("serviceAccountName");
    if (name == null || name.asText().isEmpty()) {
      name = values.get("serviceAccount");
    }
    if (name != null) {
      values.put("serviceAccountName", name);
      values.put("serviceAccount", name);
    }
  }

  /**
   * A field that once was alone and is now the first of a list; it counts if the two differ.
   *
   * @param member of the list's elements that is meant; empty if they are strings
   */
  private static void firstOfList(
      Map<String, @Nullable JsonNode> values, String first, String list, String member) {
    JsonNode one = values.get(first);
    JsonNode all = values.get(list);
    JsonNode begin = null;
    if (all != null && !all.isEmpty()) {
      begin = member.isEmpty() ? all.get(0) : all.get(0).get(member);
    }
    if (one == null || one.asText().isEmpty()) {
      if (begin != null && !begin.asText().isEmpty()) {
        values.put(first, begin);
      }
    } else if (!one.equals(begin)) {
      ArrayNode only = JsonNodeFactory.instance.arrayNode();
      values.put(
          list,
          member.isEmpty()
              ? only.add(one)
              : only.add(JsonNodeFactory.instance.objectNode().set(member, one)));
    }
  }

  /** What is written as text becomes data, and is not kept as text. */
  private static void stringData(Map<String, @Nullable JsonNode> values) {
    JsonNode texts = values.remove("stringData");
    if (texts == null || texts.isEmpty()) {
      return;
    }
    Map<String, JsonNode> entries = new TreeMap<>();
    JsonNode data = values.get("data");
    if (data != null) {
      data.properties().forEach(each -> entries.put(each.getKey(), each.getValue()));
    }
    for (Map.Entry<String, JsonNode> each : texts.properties()) {
      byte[] bytes = each.getValue().textValue().getBytes(StandardCharsets.UTF_8);
      entries.put(
          each.getKey(),
          JsonNodeFactory.instance.textNode(Base64.getEncoder().encodeToString(bytes)));
    }
    ObjectNode merged = JsonNodeFactory.instance.objectNode();
    merged.setAll(entries);
    values.put("data", merged);
  }
}
