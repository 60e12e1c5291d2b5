package dev.kvorum.apiserver.patch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.Map;

/**
 * JSON merge patch (RFC 7386), with the dialect of the Kubernetes API: a null removes, also inside of what is added and
 * inside of list items; nulls that the document has stay.
 */
public final class MergePatch {
  private MergePatch() {}

  /**
   * Applies {@code patch}.
   *
   * @param document may be changed or become part of the result
   * @param patch may become part of the result
   * @throws PatchException if the patch is neither an object nor a list
   */
  public static JsonNode apply(JsonNode document, JsonNode patch) throws PatchException {
    if (!patch.isObject() && !patch.isArray()) {
      throw new PatchException("Invalid JSON Patch");
    }
    return patch.isArray() ? withoutNulls(patch) : merge(document, patch);
  }

  private static JsonNode merge(JsonNode target, JsonNode patch) {
    if (target instanceof ObjectNode object && patch instanceof ObjectNode changes) {
      for (Map.Entry<String, JsonNode> change : changes.properties()) {
        if (change.getValue().isNull()) {
          object.remove(change.getKey());
        } else {
          JsonNode before = object.get(change.getKey());
          object.set(
              change.getKey(),
              before == null || before.isNull()
                  ? withoutNulls(change.getValue())
                  : merge(before, change.getValue()));
        }
      }
      return object;
    }
    // Over something else than an object even an object comes as it is, but for its nulls.
    return target.isObject() ? patch : withoutNulls(patch);
  }

  private static JsonNode withoutNulls(JsonNode added) {
    Iterator<JsonNode> children = added.iterator();
    while (children.hasNext()) {
      JsonNode child = children.next();
      if (!child.isNull()) {
        withoutNulls(child);
      } else if (added.isObject()) {
        children.remove();
      }
    }
    return added;
  }
}
