package dev.kvorum.apiserver.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A type in a table. Its lines are read when its fields are first asked for. */
final class TableType implements ObjectType {

  /** What the lines say. */
  private record Content(
      List<Field> fields, Map<String, Field> byName, List<WireMember> wire, String unions) {}

  private final TypeTable table;
  private final String name;
  private final MapMerging merging;
  private volatile @Nullable Content content;

  TableType(TypeTable table, String name, MapMerging merging) {
    this.table = table;
    this.name = name;
    this.merging = merging;
  }

  /** The same type in a place where another rule holds. */
  TableType merging(MapMerging other) {
    return new TableType(table, name, other);
  }

  @Override
  public String definition() {
    return table.home() + "." + name;
  }

  @Override
  public MapMerging merging() {
    return merging;
  }

  @Override
  public List<Field> fields() {
    return content().fields();
  }

  @Override
  public @Nullable Field field(String name) {
    return content().byName().get(name);
  }

  @Override
  public boolean open() {
    return false;
  }

  @Override
  public List<WireMember> wire() {
    return content().wire();
  }

  @Override
  public String unions() {
    return content().unions();
  }

  @Override
  public String toString() {
    return definition();
  }

  private Content content() {
    Content read = content;
    if (read == null) {
      // Two threads may both read it: they read the same.
      read = read();
      content = read;
    }
    return read;
  }

  private Content read() {
    List<Field> fields = new ArrayList<>();
    List<WireMember> wire = new ArrayList<>();
    String unions = "";
    for (String line : table.lines(name)) {
      if (line.startsWith(" union ")) {
        unions = line.substring(" union ".length());
        continue;
      }
      String[] words = line.substring(1).split(" ", -1);
      if (words[1].equals("+")) {
        TableType embedded = table.resolve(words[2]);
        fields.addAll(embedded.fields());
        wire.add(new WireMember.Embedded(Integer.parseInt(words[0]), embedded));
        continue;
      }
      Field field = FieldLine.read(words, table);
      fields.add(field);
      if (!words[0].equals("-")) {
        wire.add(new WireMember.Named(Integer.parseInt(words[0]), field));
      }
    }
    wire.sort(Comparator.comparingInt(WireMember::number));
    Map<String, Field> byName = HashMap.newHashMap(fields.size());
    for (Field field : fields) {
      byName.put(field.name(), field);
    }
    return new Content(List.copyOf(fields), byName, List.copyOf(wire), unions);
  }
}
