package dev.kvorum.apiserver.schema;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.kvorum.apiserver.schema.ListType.Identity;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a field's line: its number in protobuf, its name, its type and what else there is to say. {@code !} is a required
 * field that is always written.
 */
final class FieldLine {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private boolean required;
  private boolean alwaysWritten;
  private @Nullable String defaultValue;
  private @Nullable String list;
  private @Nullable String map;
  private @Nullable String patch;
  private @Nullable String key;

  private FieldLine(String[] words) {
    for (int i = 3; i < words.length; i++) {
      String word = words[i];
      int equals = word.indexOf('=');
      String value = word.substring(equals + 1);
      switch (equals < 0 ? word : word.substring(0, equals)) {
        case "!" -> {
          required = true;
          alwaysWritten = true;
        }
        case "required" -> required = true;
        case "always" -> alwaysWritten = true;
        case "default" -> defaultValue = value;
        case "list" -> list = value;
        case "map" -> map = value;
        case "patch" -> patch = value;
        case "key" -> key = value;
        default -> throw new IllegalStateException("the program's tables say " + word);
      }
    }
  }

  static Field read(String[] words, TypeTable table) {
    return new FieldLine(words).field(words[1], words[2], table);
  }

  private Field field(String name, String written, TypeTable table) {
    boolean pointer = written.startsWith("*");
    Type type = type(pointer ? written.substring(1) : written, table);
    PatchRule rule = patch == null ? null : PatchRule.parse(patch, key);
    return new Field(name, type, required, pointer, alwaysWritten, defaultOf(type, pointer), rule);
  }

  private Type type(String written, TypeTable table) {
    if (written.startsWith("{}")) {
      return new MapType(inner(written.substring(2), table), mapMerging());
    }
    if (written.startsWith("[")) {
      return new ListType(
          inner(written.substring(written.indexOf(']') + 1), table),
          listMerging(),
          written.startsWith("[w]"));
    }
    Type type = inner(written, table);
    return map != null && type instanceof TableType object ? object.merging(mapMerging()) : type;
  }

  private static Type inner(String written, TypeTable table) {
    if (written.startsWith("[w]")) {
      return new ListType(
          inner(written.substring(3), table),
          new ListType.Merging(Identity.ATOMIC, List.of(), false),
          true);
    }
    Leaf leaf = Leaf.ofWord(written);
    return leaf != null ? leaf : table.resolve(written);
  }

  private MapMerging mapMerging() {
    if (map == null) {
      return MapMerging.UNDECLARED;
    }
    return map.equals("atomic") ? MapMerging.ATOMIC : MapMerging.GRANULAR;
  }

  /** What is declared; otherwise a list that patches merge is merged, by the same key. */
  private ListType.Merging listMerging() {
    if (list != null) {
      String[] words = list.split(",", -1);
      Identity identity = switch (words[0]) {
        case "map" -> Identity.MAP;
        case "set" -> Identity.SET;
        default -> Identity.ATOMIC;
      };
      return new ListType.Merging(identity, List.of(words).subList(1, words.length), true);
    }
    if (patch != null && patch.contains("merge")) {
      return key != null
          ? new ListType.Merging(Identity.MAP, List.of(key), false)
          : new ListType.Merging(Identity.SET, List.of(), false);
    }
    return new ListType.Merging(Identity.ATOMIC, List.of(), false);
  }

  /** What the line says; otherwise what is always written has its zero value. */
  private @Nullable JsonNode defaultOf(Type type, boolean pointer) {
    if (defaultValue != null) {
      return parse(defaultValue);
    }
    if (pointer) {
      return null;
    }
    if (type instanceof ObjectType) {
      return NODES.objectNode();
    }
    if (!alwaysWritten || !(type instanceof Leaf leaf)) {
      return null;
    }
    return switch (leaf) {
      case STRING -> NODES.textNode("");
      case BOOLEAN -> NODES.booleanNode(false);
      case INT32, INT64, DOUBLE -> NODES.numberNode(0);
      default -> null;
    };
  }

  private static @Nullable JsonNode parse(String json) {
    if (json.equals("none")) {
      return null;
    }
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the program's tables say default=" + json, e);
    }
  }
}
