package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;

/** Events, which two groups have: the same objects with other names for their fields. */
final class EventPrinter {
  private static final String COLUMNS =
      "Last Seen, Type, Reason, Object, +Subobject, +Source, Message, +First Seen, +Count, +Name*";

  /** What the groups call what they both have. */
  private record Names(
      String object,
      String source,
      String controller,
      String message,
      String first,
      String last,
      String count) {}

  private static final Names CORE = new Names(
      "involvedObject",
      "source",
      "reportingComponent",
      "message",
      "firstTimestamp",
      "lastTimestamp",
      "count");
  private static final Names EVENTS = new Names(
      "regarding",
      "deprecatedSource",
      "reportingController",
      "note",
      "deprecatedFirstTimestamp",
      "deprecatedLastTimestamp",
      "deprecatedCount");

  private EventPrinter() {}

  static void addTo(Map<String, TableConvertor> all) {
    BuiltInTables.add(all, "/Event", COLUMNS, row -> print(row, CORE));
    BuiltInTables.add(all, "events.k8s.io/Event", COLUMNS, row -> print(row, EVENTS));
  }

  private static void print(Row row, Names names) {
    JsonNode firstTime = row.at(names.first());
    String first = row.since(Times.read(firstTime) == null ? row.at("eventTime") : firstTime);
    JsonNode lastTime = row.at(names.last());
    String last = Times.read(lastTime) == null ? first : row.since(lastTime);
    long count = row.number(names.count());
    if (row.has("series")) {
      last = row.since(row.at("series", "lastObservedTime"));
      count = row.number("series", "count");
    } else if (count == 0) {
      count = 1;
    }
    String kind = row.text(names.object(), "kind").toLowerCase(Locale.ROOT);
    String name = row.text(names.object(), "name");
    row.add(last)
        .add(row.text("type"))
        .add(row.text("reason"))
        .add(name.isEmpty() ? kind : kind + "/" + name)
        .add(row.text(names.object(), "fieldPath"))
        .add(source(row, names))
        .add(row.text(names.message()).strip())
        .add(first)
        .add(count)
        .addName();
  }

  private static String source(Row row, Names names) {
    String component = row.filledOr(row.text(names.controller()), names.source(), "component");
    String instance = row.filledOr(row.text("reportingInstance"), names.source(), "host");
    return instance.isEmpty() ? component : component + ", " + instance;
  }
}
