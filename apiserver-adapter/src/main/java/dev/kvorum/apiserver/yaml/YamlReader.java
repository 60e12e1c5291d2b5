package dev.kvorum.apiserver.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.GoNumbers;
import dev.kvorum.apiserver.json.GoText;
import dev.kvorum.apiserver.json.JsonReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads the first document of a text. Scalars and keys become what upstream's library makes of them, aliases and merge keys
 * are followed, up to a share of the document that no honest one reaches.
 */
public final class YamlReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MAX_REPEATED = 100;

  /** Up to so many steps, nearly all may come from aliases; from {@link #MANY_STEPS} on, a tenth. */
  private static final int FEW_STEPS = 400_000;

  private static final int MANY_STEPS = 4_000_000;

  private final List<String> repeated = new ArrayList<>();
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int steps;
  private int aliasSteps;
  private int aliasDepth;
  private int depth;

  private YamlReader() {}

  /**
   * Reads one.
   *
   * @throws YamlException if it cannot be read, or be said in JSON
   */
  public static ReadYaml read(byte[] text) throws YamlException {
    Node root = Composer.compose(text);
    if (root == null) {
      return new ReadYaml(NullNode.instance, List.of());
    }
    YamlReader reader = new YamlReader();
    JsonNode tree = reader.value(root);
    return new ReadYaml(tree, reader.repeated);
  }

  private JsonNode value(Node node) throws YamlException {
    step();
    return switch (node) {
      case Node.Scalar scalar -> inJson(Scalars.resolve(scalar));
      case Node.Sequence sequence -> {
        enter();
        ArrayNode array = NODES.arrayNode();
        for (Node element : sequence.elements()) {
          array.add(value(element));
        }
        depth--;
        yield array;
      }
      case Node.Mapping mapping -> {
        Map<JsonNode, JsonNode> members = new LinkedHashMap<>();
        members(mapping, members);
        yield object(members);
      }
      case Node.Alias alias -> {
        follow(alias);
        JsonNode value = value(alias.target());
        unfollow(alias);
        yield value;
      }
    };
  }

  private void members(Node.Mapping mapping, Map<JsonNode, JsonNode> members) throws YamlException {
    enter();
    List<Node> parts = mapping.members();
    for (int i = 0; i + 1 < parts.size(); i += 2) {
      Node second = parts.get(i + 1);
      if (parts.get(i) instanceof Node.Scalar first && first.isMerge()) {
        merge(second, members);
        continue;
      }
      JsonNode key = key(parts.get(i));
      JsonNode value = value(second);
      if (members.put(key, value) != null && repeated.size() < MAX_REPEATED) {
        repeated.add("line " + second.line() + ": key " + syntax(key) + " already set in map");
      }
    }
    depth--;
  }

  private void merge(Node node, Map<JsonNode, JsonNode> members) throws YamlException {
    step();
    switch (node) {
      case Node.Mapping mapping -> members(mapping, members);
      case Node.Alias alias -> {
        if (!(alias.target() instanceof Node.Mapping target)) {
          throw wantsMap();
        }
        follow(alias);
        step();
        members(target, members);
        unfollow(alias);
      }
      case Node.Sequence sequence -> {
        // Those that come first count more.
        for (int i = sequence.elements().size() - 1; i >= 0; i--) {
          Node each = sequence.elements().get(i);
          if (each instanceof Node.Sequence) {
            throw wantsMap();
          }
          merge(each, members);
        }
      }
      case Node.Scalar scalar -> throw wantsMap();
    }
  }

  private static YamlException wantsMap() {
    return YamlException.of("map merge requires map or sequence of maps as the value");
  }

  /** A key as it is; what it is called follows when all are known. */
  private JsonNode key(Node node) throws YamlException {
    Node target = node instanceof Node.Alias alias ? alias.target() : node;
    if (target instanceof Node.Scalar scalar) {
      step();
      return Scalars.resolve(scalar);
    }
    throw YamlException.of("invalid map key: " + syntax(value(node)));
  }

  private static ObjectNode object(Map<JsonNode, JsonNode> members) throws YamlException {
    Map<String, JsonNode> named = new TreeMap<>();
    for (Map.Entry<JsonNode, JsonNode> each : members.entrySet()) {
      named.put(name(each.getKey(), each.getValue()), each.getValue());
    }
    ObjectNode object = NODES.objectNode();
    object.setAll(named);
    return object;
  }

  private static String name(JsonNode key, JsonNode value) throws YamlException {
    return switch (key.getNodeType()) {
      case STRING -> key.textValue();
      case BOOLEAN -> key.asText();
      case NUMBER -> {
        if (key.isBigInteger()) {
          throw unsupportedKey("uint64", "0x" + key.bigIntegerValue().toString(16), value);
        }
        yield key.isIntegralNumber() ? key.asText() : floatName(key.doubleValue());
      }
      default -> throw unsupportedKey("%!s(<nil>)", "<nil>", value);
    };
  }

  private static YamlException unsupportedKey(String type, String key, JsonNode value) {
    return new YamlException(
        "unsupported map key of type: " + type + ", key: " + key + ", value: " + syntax(value));
  }

  private static String floatName(double key) {
    if (Double.isNaN(key)) {
      return ".nan";
    }
    if (Double.isInfinite(key)) {
      return key > 0 ? ".inf" : "-.inf";
    }
    return GoNumbers.shortest((float) key);
  }

  /** Numbers as JSON has them: a double that is a whole number is one. */
  private static JsonNode inJson(JsonNode value) throws YamlException {
    if (!value.isNumber() || (value.isIntegralNumber() && !value.isBigInteger())) {
      return value;
    }
    if (value.isBigInteger()) {
      return JsonReader.number(value.asText());
    }
    double number = value.doubleValue();
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      String name = Double.isNaN(number) ? "NaN" : number > 0 ? "+Inf" : "-Inf";
      throw new YamlException("json: unsupported value: " + name);
    }
    return JsonReader.number(GoNumbers.json(number));
  }

  /** A value as Go's source would have it. */
  private static String syntax(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> GoText.quoted(value.textValue());
      case NULL -> "interface {}(nil)";
      case OBJECT -> {
        StringBuilder text = new StringBuilder("map[interface {}]interface {}{");
        value
            .properties()
            .forEach(each -> text.append(text.charAt(text.length() - 1) == '{' ? "" : ", ")
                .append(GoText.quoted(each.getKey()))
                .append(':')
                .append(syntax(each.getValue())));
        yield text.append('}').toString();
      }
      case ARRAY -> {
        List<String> elements = new ArrayList<>();
        value.forEach(each -> elements.add(syntax(each)));
        yield "[]interface {}{" + String.join(", ", elements) + "}";
      }
      default -> value.asText();
    };
  }

  private void follow(Node.Alias alias) throws YamlException {
    if (!open.add(alias)) {
      throw YamlException.of("anchor '" + alias.name() + "' value contains itself");
    }
    aliasDepth++;
  }

  private void unfollow(Node.Alias alias) {
    open.remove(alias);
    aliasDepth--;
  }

  private void enter() throws YamlException {
    if (++depth > JsonReader.MAX_DEPTH) {
      throw YamlException.of("exceeded max depth of " + JsonReader.MAX_DEPTH);
    }
  }

  private void step() throws YamlException {
    steps++;
    if (aliasDepth > 0) {
      aliasSteps++;
    }
    if (aliasSteps > 100 && steps > 1000 && (double) aliasSteps / steps > allowedAliasShare()) {
      throw YamlException.of("document contains excessive aliasing");
    }
  }

  private double allowedAliasShare() {
    if (steps <= FEW_STEPS) {
      return 0.99;
    }
    return steps >= MANY_STEPS
        ? 0.10
        : 0.99 - 0.89 * ((double) (steps - FEW_STEPS) / (MANY_STEPS - FEW_STEPS));
  }
}
