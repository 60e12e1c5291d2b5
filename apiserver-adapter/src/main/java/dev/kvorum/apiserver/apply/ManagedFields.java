package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.apply.ManagerId.Operation;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Who owns what of an object: its {@code metadata.managedFields}. Changed in place while a write is worked out. */
final class ManagedFields {
  private static final String FIELDS_V1 = "FieldsV1";

  /**
   * What one owns.
   *
   * @param apiVersion in which the fields are named
   * @param time of the last write that changed something; null if there was none, or if none was said
   */
  record Entry(FieldSet fields, String apiVersion, @Nullable Instant time) {
    Entry with(FieldSet other) {
      return new Entry(other, apiVersion, time);
    }
  }

  private final SortedMap<ManagerId, Entry> entries = new TreeMap<>();

  boolean isEmpty() {
    return entries.isEmpty();
  }

  SortedMap<ManagerId, Entry> entries() {
    return entries;
  }

  @Nullable
  Entry get(ManagerId id) {
    return entries.get(id);
  }

  /** Sets what one owns; who owns nothing has no entry. */
  void put(ManagerId id, Entry entry) {
    if (entry.fields().isEmpty()) {
      entries.remove(id);
    } else {
      entries.put(id, entry);
    }
  }

  void remove(ManagerId id) {
    entries.remove(id);
  }

  /**
   * Reads the list of an object.
   *
   * @param list a missing or null one is an empty one
   * @throws ApplyException if an entry cannot be read
   */
  static ManagedFields decode(JsonNode list) throws ApplyException {
    ManagedFields managed = new ManagedFields();
    for (JsonNode entry : list) {
      String word = entry.path("operation").asText();
      Operation operation = switch (word) {
        case "Apply" -> Operation.APPLY;
        case "Update" -> Operation.UPDATE;
        default -> throw new ApplyException("operation must be `Apply` or `Update`");
      };
      String apiVersion = entry.path("apiVersion").asText();
      if (apiVersion.isEmpty()) {
        throw new ApplyException("apiVersion must not be empty");
      }
      if (!entry.path("fieldsType").asText().equals(FIELDS_V1)) {
        throw new ApplyException(
            "invalid fieldsType \"" + entry.path("fieldsType").asText() + "\" in managed fields");
      }
      ManagerId id = new ManagerId(
          entry.path("manager").asText(),
          operation,
          operation == Operation.APPLY ? "" : apiVersion,
          entry.path("subresource").asText(""));
      managed.entries.put(id, new Entry(fields(entry), apiVersion, time(entry)));
    }
    return managed;
  }

  private static FieldSet fields(JsonNode entry) throws ApplyException {
    JsonNode fields = entry.path("fieldsV1");
    if (fields.isMissingNode() || fields.isNull()) {
      return new FieldSet();
    }
    try {
      return FieldSet.fromJson(fields);
    } catch (IllegalArgumentException e) {
      throw new ApplyException("error decoding set: " + e.getMessage());
    }
  }

  private static @Nullable Instant time(JsonNode entry) throws ApplyException {
    String time = entry.path("time").asText("");
    try {
      return time.isEmpty() || time.equals("null") ? null : Instant.parse(time);
    } catch (DateTimeParseException e) {
      throw new ApplyException("cannot parse time \"" + time + "\"");
    }
  }

  /** The list as objects have it: who applied first, then by time. */
  ArrayNode encode() {
    List<Map.Entry<ManagerId, Entry>> sorted = new ArrayList<>(entries.entrySet());
    sorted.sort(
        Comparator.comparing((Map.Entry<ManagerId, Entry> each) -> each.getKey().operation())
            .thenComparingLong(each -> seconds(each.getValue().time()))
            .thenComparing(each -> each.getKey().manager())
            .thenComparing(each -> each.getValue().apiVersion())
            .thenComparing(each -> each.getKey().subresource()));
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (Map.Entry<ManagerId, Entry> each : sorted) {
      ManagerId id = each.getKey();
      Entry entry = each.getValue();
      ObjectNode json = list.addObject();
      json.put("manager", id.manager());
      json.put("operation", id.operation().word());
      json.put("apiVersion", entry.apiVersion());
      if (entry.time() != null) {
        json.put("time", Instant.ofEpochSecond(entry.time().getEpochSecond()).toString());
      }
      json.put("fieldsType", FIELDS_V1);
      json.set("fieldsV1", entry.fields().toJson());
      if (!id.subresource().isEmpty()) {
        json.put("subresource", id.subresource());
      }
    }
    return list;
  }

  static long seconds(@Nullable Instant time) {
    return time == null ? 0 : time.getEpochSecond();
  }
}
