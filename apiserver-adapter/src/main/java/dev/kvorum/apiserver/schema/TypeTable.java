package dev.kvorum.apiserver.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The types of one package. In its file, a type is a line with its name and what it is, followed by an indented line for
 * each of its fields.
 */
final class TypeTable {

  private record Entry(TableType type, List<String> words, List<String> lines) {}

  private final BuiltInTypes types;
  private final String home;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  TypeTable(BuiltInTypes types, String home) {
    this.types = types;
    this.home = home;
    List<String> lines = new ArrayList<>();
    for (String line : Tables.lines("types/" + BuiltInTypes.shortName(home) + ".txt")) {
      if (line.startsWith(" ")) {
        lines.add(line);
        continue;
      }
      List<String> words = List.of(line.split(" ", -1));
      lines = new ArrayList<>();
      TableType type = new TableType(
          this, words.get(0), words.contains("atomic") ? MapMerging.ATOMIC : MapMerging.UNDECLARED);
      entries.put(words.get(0), new Entry(type, words, lines));
    }
  }

  String home() {
    return home;
  }

  boolean has(String name) {
    return entries.containsKey(name);
  }

  /** Whether objects of that kind exist in the package's group and version. */
  boolean isKind(String name) {
    Entry entry = entries.get(name);
    return entry != null && (entry.words().contains("kind") || entry.words().contains("anykind"));
  }

  /** Whether objects of that kind exist in every group and version. */
  boolean isKindAnywhere(String name) {
    Entry entry = entries.get(name);
    return entry != null && entry.words().contains("anykind");
  }

  Collection<String> names() {
    return entries.keySet();
  }

  boolean isPublished(String name) {
    return !entry(name).words().contains("unpublished");
  }

  TableType type(String name) {
    return entry(name).type();
  }

  List<String> lines(String name) {
    return entry(name).lines();
  }

  /** The type that a table of this package calls by that name: with its package, unless it is this one. */
  TableType resolve(String reference) {
    int dot = reference.lastIndexOf('.');
    return dot < 0
        ? type(reference)
        : types
            .table(BuiltInTypes.fullName(reference.substring(0, dot)))
            .type(reference.substring(dot + 1));
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalStateException("the program's tables lack " + home + "." + name);
    }
    return entry;
  }
}
