package dev.kvorum.apiserver.builtin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The defaults of built-in kinds: what upstream's server fills in as soon as it has read an object, whoever sent it and
 * whatever for. What it generates when it stores one (names, addresses, times) is not among them.
 */
public final class Defaults {
  private static final String CORE = "io.k8s.api.core.v1.";
  private static final Map<String, Rule> RULES = rules();

  /** Whether to fill in what the schema says; groups without defaults of their own do not. */
  private final boolean declared;

  private Defaults(boolean declared) {
    this.declared = declared;
  }

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new HashMap<>();
    CoreRules.addTo(rules);
    PodRules.addTo(rules);
    WorkloadRules.addTo(rules);
    PolicyRules.addTo(rules);
    return Map.copyOf(rules);
  }

  /**
   * Fills in what an object lacks.
   *
   * @param kind of the object; nothing is done to those that are not built in
   * @param object in canonical form, as it stays: fields in the order of their types
   */
  public static void apply(GroupVersionKind kind, ObjectNode object) {
    ObjectType type = BuiltInTypes.get().find(kind);
    if (type != null) {
      new Defaults(hasDefaults(kind)).object(type, object);
    }
  }

  private static boolean hasDefaults(GroupVersionKind kind) {
    return switch (kind.group()) {
      case "node.k8s.io", "policy", "events.k8s.io", "coordination.k8s.io" -> false;
      default -> true;
    };
  }

  private void object(ObjectType type, ObjectNode object) {
    Rule rule = RULES.get(type.definition());
    if (rule != null) {
      rule.apply(object);
    }
    ObjectNode ordered = JsonNodeFactory.instance.objectNode();
    for (Field field : type.fields()) {
      JsonNode value = valueOf(field, object);
      if (value != null) {
        ordered.set(field.name(), value);
        parts(type, field.type(), value);
      }
    }
    object.removeAll();
    object.setAll(ordered);
  }

  private @Nullable JsonNode valueOf(Field field, ObjectNode object) {
    JsonNode value = object.get(field.name());
    JsonNode usual = field.defaultValue();
    if (!declared || usual == null || (value != null && !value.isNull())) {
      return value;
    }
    // A zero value that is not told from none is not written.
    return field.pointer() || !isZero(usual) ? usual.deepCopy() : value;
  }

  private static boolean isZero(JsonNode value) {
    return switch (value.getNodeType()) {
      case NUMBER -> value.doubleValue() == 0;
      case BOOLEAN -> !value.booleanValue();
      case STRING -> value.textValue().isEmpty();
      default -> false;
    };
  }

  private void parts(ObjectType owner, Type type, JsonNode value) {
    switch (type) {
      case ObjectType inner -> {
        if (value instanceof ObjectNode object) {
          object(inner, object);
        }
      }
      case ListType list -> {
        if (value instanceof ArrayNode array) {
          array.forEach(each -> parts(owner, list.elements(), each));
        }
      }
      case MapType map -> {
        if (!(value instanceof ObjectNode entries)) {
          return;
        }
        if (map.values() == Leaf.QUANTITY && owner.definition().startsWith(CORE)) {
          roundUp(entries);
        } else {
          entries.forEach(each -> parts(owner, map.values(), each));
        }
      }
      case Leaf leaf -> {}
    }
  }

  /** Amounts of resources are whole thousandths. */
  private static void roundUp(ObjectNode amounts) {
    for (Map.Entry<String, JsonNode> each : amounts.properties()) {
      each.setValue(TextNode.valueOf(Amounts.roundUp(each.getValue().asText())));
    }
  }
}
