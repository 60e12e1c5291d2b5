package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.quantity.Quantity;
import dev.kvorum.apiserver.quantity.QuantityException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A row while it is filled, and the object that it is about. Confined to one thread. */
final class Row {
  private final ObjectNode object;
  private final Instant now;
  private final ArrayNode cells = JsonNodeFactory.instance.arrayNode();
  private @Nullable ObjectNode condition;

  Row(ObjectNode object, Instant now) {
    this.object = object;
    this.now = now;
  }

  /** What is at the end of a path; missing if nothing is, or null. */
  JsonNode at(String... path) {
    return at(object, path);
  }

  static JsonNode at(JsonNode from, String... path) {
    JsonNode node = from;
    for (String name : path) {
      node = node.path(name);
    }
    return node.isNull() ? MissingNode.getInstance() : node;
  }

  /** Empty if it is missing. */
  String text(String... path) {
    return at(path).asText("");
  }

  /** 0 if it is missing. */
  long number(String... path) {
    return at(path).asLong(0);
  }

  boolean has(String... path) {
    return !at(path).isMissingNode();
  }

  /** A text, or something else if it is missing. */
  String textOr(String otherwise, String... path) {
    return has(path) ? text(path) : otherwise;
  }

  /** A text, or something else if it is missing or empty. */
  String filledOr(String otherwise, String... path) {
    String text = text(path);
    return text.isEmpty() ? otherwise : text;
  }

  /** An amount as the API writes it. */
  static String quantity(JsonNode node, String otherwise) {
    if (node.isMissingNode() || node.isNull()) {
      return otherwise;
    }
    try {
      return Quantity.parse(node.asText()).text();
    } catch (QuantityException notOne) {
      // Stored before it was checked, if ever: shown as it is.
      return node.asText();
    }
  }

  Row add(String cell) {
    cells.add(cell);
    return this;
  }

  Row add(long cell) {
    cells.add(cell);
    return this;
  }

  Row add(boolean cell) {
    cells.add(cell);
    return this;
  }

  Row add(JsonNode cell) {
    cells.add(cell);
    return this;
  }

  Row addName() {
    return add(name());
  }

  String name() {
    return text("metadata", "name");
  }

  Row addAge() {
    return add(since(at("metadata", "creationTimestamp")));
  }

  String since(JsonNode time) {
    return Times.since(time, now);
  }

  Instant now() {
    return now;
  }

  boolean isDeleted() {
    return has("metadata", "deletionTimestamp");
  }

  void condition(ObjectNode row) {
    condition = row;
  }

  ObjectNode object() {
    return object;
  }

  ObjectNode json() {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    row.set("cells", cells);
    if (condition != null) {
      row.putArray("conditions").add(condition);
    }
    return row;
  }
}
