package dev.kvorum.apiserver.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An object that remembers what it was given when names came more than once. Its members are the last ones. */
// What ObjectNode inherits is unchecked in Jackson itself.
@SuppressWarnings("unchecked")
public final class ReadObject extends ObjectNode {
  private static final long serialVersionUID = 1;

  /** All members in the order of the text; null as long as names differ. */
  private transient @Nullable List<Map.Entry<String, JsonNode>> all;

  ReadObject() {
    super(JsonNodeFactory.instance);
  }

  void add(String name, JsonNode value) {
    if (all == null && has(name)) {
      all = new ArrayList<>();
      for (Map.Entry<String, JsonNode> each : properties()) {
        all.add(Map.entry(each.getKey(), each.getValue()));
      }
    }
    if (all != null) {
      all.add(Map.entry(name, value));
    }
    set(name, value);
  }

  /** The members of an object as it was read, several of one name among them. */
  public static Collection<Map.Entry<String, JsonNode>> members(ObjectNode object) {
    return object instanceof ReadObject read && read.all != null ? read.all : object.properties();
  }
}
