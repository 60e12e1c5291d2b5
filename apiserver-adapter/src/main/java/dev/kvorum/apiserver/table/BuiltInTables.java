package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** The tables of built-in kinds, by group and kind: all versions of a kind have the same. */
final class BuiltInTables {
  private static final Map<String, TableConvertor> ALL = all();

  /** Of kinds that have none of their own. */
  private static final TableConvertor PLAIN =
      new TableConvertor(Column.parse("Name*, Created At#date"), BuiltInTables::plain);

  private BuiltInTables() {}

  static TableConvertor find(String group, String kind) {
    return ALL.getOrDefault(group + "/" + kind, PLAIN);
  }

  private static Map<String, TableConvertor> all() {
    Map<String, TableConvertor> all = new HashMap<>();
    WorkloadPrinters.addTo(all);
    NetworkPrinters.addTo(all);
    ClusterPrinters.addTo(all);
    EventPrinter.addTo(all);
    StoragePrinters.addTo(all);
    AccessPrinters.addTo(all);
    DevicePrinters.addTo(all);
    return Map.copyOf(all);
  }

  static void add(Map<String, TableConvertor> all, String kind, String columns, Printer printer) {
    if (all.put(kind, new TableConvertor(Column.parse(columns), printer)) != null) {
      throw new IllegalStateException("two tables for " + kind);
    }
  }

  private static void plain(Row row) {
    JsonNode created = row.at("metadata", "creationTimestamp");
    row.addName().add(created.asText("0001-01-01T00:00:00Z"));
  }
}
