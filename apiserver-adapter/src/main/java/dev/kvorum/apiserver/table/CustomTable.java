package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.kvorum.apiserver.json.GoText;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The rows of custom resources: the name, then what the columns' paths lead to. */
final class CustomTable {
  private record Cell(String type, JsonPath path) {}

  private static final JsonMapper JSON = JsonMapper.builder()
      .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
      .build();
  private static final PrinterColumn AGE =
      new PrinterColumn("Age", "date", "", "", 0, ".metadata.creationTimestamp");
  private static final double EXACT = 1L << 53;

  private CustomTable() {}

  static TableConvertor of(List<PrinterColumn> declared) {
    List<Column> columns = new ArrayList<>(Column.parse("Name*"));
    List<Cell> cells = new ArrayList<>();
    for (PrinterColumn column : declared.isEmpty() ? List.of(AGE) : declared) {
      JsonPath path = JsonPath.parse(column.jsonPath());
      if (path == null) {
        // Upstream shows no column from the first one on that it cannot read.
        break;
      }
      cells.add(new Cell(column.type(), path));
      columns.add(new Column(
          column.name(), column.type(), column.format(), column.description(), column.priority()));
    }
    return new TableConvertor(List.copyOf(columns), row -> {
      row.addName();
      cells.forEach(cell -> row.add(value(cell, row)));
    });
  }

  private static JsonNode value(Cell cell, Row row) {
    List<JsonNode> found = cell.path().find(row.object());
    if (found.isEmpty()) {
      return NullNode.getInstance();
    }
    JsonNode value = found.getFirst();
    if (cell.type().equals("string")) {
      return JsonNodeFactory.instance.textNode(text(value));
    }
    return switch (cell.type()) {
      case "integer" ->
        value.isNumber() ? JsonNodeFactory.instance.numberNode(value.longValue()) : missing();
      case "number" -> value.isNumber() ? number(value) : missing();
      case "boolean" -> value.isBoolean() ? value : missing();
      case "date" ->
        value.isTextual()
            ? JsonNodeFactory.instance.textNode(date(value.asText(), row.now()))
            : missing();
      default -> missing();
    };
  }

  private static JsonNode missing() {
    return NullNode.getInstance();
  }

  /** Whole numbers have no point. */
  private static JsonNode number(JsonNode value) {
    double number = value.doubleValue();
    return number == Math.rint(number) && Math.abs(number) < EXACT
        ? JsonNodeFactory.instance.numberNode((long) number)
        : JsonNodeFactory.instance.numberNode(number);
  }

  private static String date(String text, Instant now) {
    if (text.isEmpty() || text.equals("null")) {
      return Times.UNKNOWN;
    }
    try {
      return Times.human(Duration.between(OffsetDateTime.parse(text).toInstant(), now));
    } catch (DateTimeException notOne) {
      return Times.INVALID;
    }
  }

  private static String text(JsonNode value) {
    if (value.isContainerNode()) {
      try {
        return JSON.writeValueAsString(sorted(value))
            .replace("<", "\\u003c")
            .replace(">", "\\u003e")
            .replace("&", "\\u0026");
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a tree that cannot be written", e);
      }
    }
    return value.isNull() ? "<no value>" : GoText.of(value);
  }

  private static Object sorted(JsonNode value) {
    if (value.isObject()) {
      Map<String, Object> sorted = new TreeMap<>();
      value.properties().forEach(each -> sorted.put(each.getKey(), sorted(each.getValue())));
      return sorted;
    }
    if (value.isArray()) {
      List<Object> list = new ArrayList<>();
      value.forEach(each -> list.add(sorted(each)));
      return list;
    }
    return value;
  }
}
