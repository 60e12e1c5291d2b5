package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * A column of a table.
 *
 * @param type of its cells, as clients understand it: {@code string}, {@code integer}, {@code number}, {@code boolean},
 *     {@code date}
 * @param format of the type; {@code name} for the object's name, empty for none
 * @param priority 0 for what is always shown, more for what is shown if there is room
 */
record Column(String name, String type, String format, String description, int priority) {

  /**
   * Reads columns, separated by commas: {@code +} before one that is not always shown, {@code *} after one whose format is
   * {@code name}, {@code #} and the type after one that is no string.
   */
  static List<Column> parse(String written) {
    List<Column> columns = new ArrayList<>();
    for (String each : written.split(", ", -1)) {
      int priority = each.startsWith("+") ? 1 : 0;
      String rest = each.substring(priority);
      String format = rest.endsWith("*") ? "name" : "";
      rest = format.isEmpty() ? rest : rest.substring(0, rest.length() - 1);
      int hash = rest.indexOf('#');
      String name = hash < 0 ? rest : rest.substring(0, hash);
      String type = hash < 0 ? "string" : rest.substring(hash + 1);
      columns.add(new Column(name, type, format, description(name), priority));
    }
    return List.copyOf(columns);
  }

  private static String description(String name) {
    return switch (name) {
      case "Name" -> "The object's name.";
      case "Age" -> "How long ago the object was made.";
      case "Created At" -> "When the object was made.";
      case "Containers" -> "The names of the containers.";
      case "Images" -> "The images of the containers.";
      default -> "";
    };
  }

  void write(ObjectNode into) {
    into.put("name", name);
    into.put("type", type);
    into.put("format", format);
    into.put("description", description);
    into.put("priority", priority);
  }
}
