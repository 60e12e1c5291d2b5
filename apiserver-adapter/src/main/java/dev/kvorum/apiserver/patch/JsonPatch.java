package dev.kvorum.apiserver.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * JSON patch (RFC 6902) in the lenient dialect of the Kubernetes API, complaints included: an index counts from the end
 * when it is negative, {@code replace} adds a key that is missing, {@code copy} of what is missing gives null, what is
 * missing passes a {@code test} for null, and the first character of a path is never looked at.
 *
 * @param operations in the order in which they are applied
 */
public record JsonPatch(List<Operation> operations) {
  /**
   * One step.
   *
   * @param path null if there is none
   * @param from null if there is none
   * @param value null if there is none, which is as good as a JSON null
   */
  public record Operation(
      String op,
      @Nullable String path,
      @Nullable String from,
      @Nullable JsonNode value) {}

  /** Where an operation works: a container, and what is meant in it. */
  private record Place(JsonNode container, String key) {}

  public JsonPatch {
    operations = List.copyOf(operations);
  }

  /**
   * Takes the operations out of a document.
   *
   * @throws PatchException if it is not a list of objects
   */
  public static JsonPatch decode(JsonNode patch) throws PatchException {
    if (!patch.isArray()) {
      throw new PatchException(
          "json: cannot unmarshal " + typeOf(patch) + " into Go value of type jsonpatch.Patch");
    }
    List<Operation> operations = new ArrayList<>();
    for (JsonNode each : patch) {
      if (!each.isObject()) {
        throw new PatchException("json: cannot unmarshal " + typeOf(each)
            + " into Go value of type jsonpatch.Operation");
      }
      String op = text(each, "op");
      operations.add(new Operation(
          op == null ? "unknown" : op, text(each, "path"), text(each, "from"), each.get("value")));
    }
    return new JsonPatch(operations);
  }

  private static @Nullable String text(JsonNode operation, String member) {
    JsonNode value = operation.get(member);
    return value != null && value.isTextual() ? value.textValue() : null;
  }

  private static String typeOf(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> "object";
      case ARRAY -> "array";
      case STRING -> "string";
      case NUMBER -> "number";
      case BOOLEAN -> "bool";
      default -> "null";
    };
  }

  /**
   * Applies all operations.
   *
   * @param document is changed, also if an operation fails
   * @throws PatchException when the first operation fails
   */
  public JsonNode apply(JsonNode document) throws PatchException {
    JsonNode root = document;
    for (Operation operation : operations) {
      root = switch (operation.op) {
        case "add" -> add(root, operation);
        case "remove" -> remove(root, operation);
        case "replace" -> replace(root, operation);
        case "move" -> move(root, operation);
        case "copy" -> copy(root, operation);
        case "test" -> test(root, operation);
        default -> throw new PatchException("Unexpected kind: " + operation.op);
      };
    }
    return root;
  }

  private static JsonNode add(JsonNode root, Operation operation) throws PatchException {
    String path = operation.path;
    if (path == null) {
      throw new PatchException("add operation failed to decode path: missing value");
    }
    Place place = find(root, path);
    if (place == null) {
      throw new PatchException(
          "add operation does not apply: doc is missing path: \"" + path + "\": missing value");
    }
    insert(place, orNull(operation.value), "error in add for path: '" + path + "': ");
    return root;
  }

  private static JsonNode remove(JsonNode root, Operation operation) throws PatchException {
    String path = operation.path;
    if (path == null) {
      throw new PatchException("remove operation failed to decode path: missing value");
    }
    Place place = find(root, path);
    if (place == null) {
      throw new PatchException(
          "remove operation does not apply: doc is missing path: \"" + path + "\": missing value");
    }
    delete(place, "error in remove for path: '" + path + "': ");
    return root;
  }

  private static JsonNode replace(JsonNode root, Operation operation) throws PatchException {
    String path = operation.path;
    if (path == null) {
      throw new PatchException(
          "replace operation failed to decode path: operation missing path field: missing value");
    }
    JsonNode value = orNull(operation.value);
    if (path.isEmpty()) {
      if (!value.isContainerNode()) {
        throw new PatchException("replace operation value must be object or array");
      }
      return value;
    }
    Place place = find(root, path);
    if (place == null) {
      throw new PatchException(
          "replace operation does not apply: doc is missing path: " + path + ": missing value");
    }
    if (place.container instanceof ArrayNode list) {
      list.set(
          index(
              place.key,
              list.size(),
              "replace operation does not apply: doc is missing key: " + path + ": missing value",
              true),
          value);
    } else {
      ((ObjectNode) place.container).set(place.key, value);
    }
    return root;
  }

  private static JsonNode move(JsonNode root, Operation operation) throws PatchException {
    String from = from(operation, "move");
    Place source = find(root, from);
    if (source == null) {
      throw new PatchException(
          "move operation does not apply: doc is missing from path: " + from + ": missing value");
    }
    String failure = "error in move for path: '" + source.key + "': ";
    JsonNode value = get(source, failure);
    delete(source, failure);
    String path = operation.path;
    if (path == null) {
      throw new PatchException(
          "move operation failed to decode path: operation missing path field: missing value");
    }
    Place target = find(root, path);
    if (target == null) {
      throw new PatchException("move operation does not apply: doc is missing destination path: "
          + path + ": missing value");
    }
    insert(target, orNull(value), "error in move for path: '" + path + "': ");
    return root;
  }

  private static JsonNode copy(JsonNode root, Operation operation) throws PatchException {
    String from = from(operation, "copy");
    Place source = find(root, from);
    if (source == null) {
      throw new PatchException(
          "copy operation does not apply: doc is missing from path: " + from + ": missing value");
    }
    JsonNode value = get(source, "error in copy for from: '" + from + "': ");
    String path = operation.path;
    if (path == null) {
      throw new PatchException("copy operation failed to decode path: missing value");
    }
    Place target = find(root, path);
    if (target == null) {
      throw new PatchException("copy operation does not apply: doc is missing destination path: "
          + path + ": missing value");
    }
    insert(target, orNull(value).deepCopy(), "error while adding value during copy: ");
    return root;
  }

  private static JsonNode test(JsonNode root, Operation operation) throws PatchException {
    String path = operation.path;
    if (path == null) {
      throw new PatchException(
          "test operation failed to decode path: operation missing path field: missing value");
    }
    JsonNode value;
    if (path.isEmpty()) {
      value = root;
    } else {
      Place place = find(root, path);
      if (place == null) {
        throw new PatchException(
            "test operation does not apply: is missing path: " + path + ": missing value");
      }
      value = get(place, "error in test for path: '" + path + "': ");
    }
    if (!orNull(value).equals(orNull(operation.value))) {
      throw new PatchException("testing value " + path + " failed: test failed");
    }
    return root;
  }

  private static String from(Operation operation, String name) throws PatchException {
    if (operation.from == null) {
      throw new PatchException(
          name + " operation failed to decode from: operation, missing from field: missing value");
    }
    return operation.from;
  }

  private static JsonNode orNull(@Nullable JsonNode value) {
    return value == null ? NullNode.getInstance() : value;
  }

  // ---- places ----

  /** Follows all of a path but its last part; null if that leads nowhere. */
  private static @Nullable Place find(JsonNode root, String path) {
    String[] parts = path.split("/", -1);
    if (parts.length < 2) {
      return null;
    }
    JsonNode at = root;
    for (int i = 1; i < parts.length - 1; i++) {
      String part = unescape(parts[i]);
      JsonNode child = null;
      if (at instanceof ArrayNode list) {
        Integer index = number(part);
        child = index == null ? null : list.get(index < 0 ? index + list.size() : index);
      } else if (at.isObject()) {
        child = at.get(part);
      }
      if (child == null || !child.isContainerNode()) {
        return null;
      }
      at = child;
    }
    return new Place(at, unescape(parts[parts.length - 1]));
  }

  private static String unescape(String part) {
    return part.replace("~1", "/").replace("~0", "~");
  }

  private static @Nullable Integer number(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable JsonNode get(Place place, String failure) throws PatchException {
    return place.container instanceof ArrayNode list
        ? list.get(index(place.key, list.size(), failure, false))
        : place.container.get(place.key);
  }

  private static void delete(Place place, String failure) throws PatchException {
    if (place.container instanceof ArrayNode list) {
      list.remove(index(place.key, list.size(), failure, false));
    } else if (((ObjectNode) place.container).remove(place.key) == null) {
      throw new PatchException(
          failure + "Unable to remove nonexistent key: " + place.key + ": missing value");
    }
  }

  private static void insert(Place place, JsonNode value, String failure) throws PatchException {
    if (place.container instanceof ArrayNode list) {
      int at =
          place.key.equals("-") ? list.size() : index(place.key, list.size() + 1, failure, false);
      list.insert(at, value);
    } else {
      ((ObjectNode) place.container).set(place.key, value);
    }
  }

  /**
   * Which element of a list is meant.
   *
   * @param size how many there are to choose from
   * @param whole whether {@code failure} says all that there is to say
   */
  private static int index(String key, int size, String failure, boolean whole)
      throws PatchException {
    Integer index = number(key);
    if (index == null) {
      throw new PatchException(
          whole
              ? failure
              : failure + "value was not a proper array index: '" + key
                  + "': strconv.Atoi: parsing \"" + key + "\": invalid syntax");
    }
    if (index >= size || index < -size) {
      throw new PatchException(
          whole
              ? failure
              : failure + "Unable to access invalid index: " + index
                  + ": invalid index referenced");
    }
    return index < 0 ? index + size : index;
  }
}
