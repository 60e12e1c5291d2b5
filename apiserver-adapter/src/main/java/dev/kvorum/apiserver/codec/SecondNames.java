package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.JsonNode;
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

  private static final String NODE_SPEC = "io.k8s.api.core.v1.NodeSpec";

  private SecondNames() {}

  /** Makes the two agree. */
  static void settle(ObjectType type, Map<String, @Nullable JsonNode> values) {
    switch (type.definition()) {
      case POD_SPEC -> serviceAccount(values);
      case SECRET -> stringData(values);
      case NODE_SPEC -> firstOfList(values, "podCIDR", "podCIDRs");
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

  /** A field that once was alone, and is now the first of a list. */
  private static void firstOfList(
      Map<String, @Nullable JsonNode> values, String first, String list) {
    JsonNode one = values.get(first);
    JsonNode all = values.get(list);
    if (all != null && !all.isEmpty()) {
      values.put(first, all.get(0));
    } else if (one != null && !one.asText().isEmpty()) {
      values.put(list, JsonNodeFactory.instance.arrayNode().add(one));
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
