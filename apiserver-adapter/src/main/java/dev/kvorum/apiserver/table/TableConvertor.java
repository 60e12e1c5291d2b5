package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.time.Instant;
import java.util.List;

/**
 * Makes tables of objects of one kind. Immutable, for all threads. Not for {@code Status} objects: an answer that is one
 * stays what it is, whatever was asked for.
 */
public final class TableConvertor {
  private static final String GROUP = "meta.k8s.io/";

  private final List<Column> columns;
  private final Printer printer;

  TableConvertor(List<Column> columns, Printer printer) {
    this.columns = columns;
    this.printer = printer;
  }

  /** For a built-in kind: its own columns, or the name and when it was made. */
  public static TableConvertor forKind(GroupVersionKind kind) {
    return BuiltInTables.find(kind.group(), kind.kind());
  }

  /**
   * For a custom resource.
   *
   * @param columns as its definition has them; the age if it has none
   */
  public static TableConvertor forCustom(List<PrinterColumn> columns) {
    return CustomTable.of(columns);
  }

  /** As {@link #table(List, ObjectNode, String, IncludeObject, boolean, Instant)}, in version {@code v1}. */
  public ObjectNode table(
      List<ObjectNode> objects,
      ObjectNode listMetadata,
      IncludeObject include,
      boolean headers,
      Instant now) {
    return table(objects, listMetadata, "v1", include, headers, now);
  }

  /**
   * Makes a table: a row for each object, which it shares with the caller. The objects of a watch's bookmarks have rows, too.
   *
   * @param objects whole ones, with kind and version if rows are to carry them
   * @param listMetadata that of the list; for one object its own
   * @param version of the table, {@code v1} or {@code v1beta1}
   * @param headers whether columns are described; in a watch they are in the first event only
   * @param now what ages count from
   */
  public ObjectNode table(
      List<ObjectNode> objects,
      ObjectNode listMetadata,
      String version,
      IncludeObject include,
      boolean headers,
      Instant now) {
    ObjectNode table = JsonNodeFactory.instance.objectNode();
    table.put("kind", "Table");
    table.put("apiVersion", GROUP + version);
    ObjectNode metadata = table.putObject("metadata");
    for (String field : new String[] {"resourceVersion", "continue", "remainingItemCount"}) {
      JsonNode value = listMetadata.get(field);
      if (value != null) {
        metadata.set(field, value);
      }
    }
    if (headers) {
      ArrayNode definitions = table.putArray("columnDefinitions");
      columns.forEach(column -> column.write(definitions.addObject()));
    } else {
      table.putNull("columnDefinitions");
    }
    ArrayNode rows = table.putArray("rows");
    for (ObjectNode object : objects) {
      Row row = new Row(object, now);
      printer.print(row);
      ObjectNode json = row.json();
      switch (include) {
        case NONE -> json.putNull("object");
        case METADATA -> json.set("object", PartialMetadata.of(object, version));
        case OBJECT -> json.set("object", object);
      }
      rows.add(json);
    }
    return table;
  }
}
