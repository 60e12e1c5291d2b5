package dev.kvorum.cli;

import dev.kvorum.store.raft.SnapshotFile;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What {@code snapshot status} prints, in the forms of etcd's tool. */
final class SnapshotReport {
  private static final List<String> COLUMNS =
      List.of("HASH", "REVISION", "TOTAL KEYS", "TOTAL SIZE", "VERSION");
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

  private SnapshotReport() {}

  static String of(SnapshotFile.Summary summary, SnapshotCommand.Status.Format format) {
    List<String> row = List.of(
        Integer.toHexString(summary.hash()),
        Long.toString(summary.revision()),
        Long.toString(summary.totalKeys()),
        size(summary.totalBytes()),
        summary.version());
    return switch (format) {
      case simple -> String.join(", ", row) + "\n";
      case json ->
        String.format(
            Locale.ROOT,
            "{\"hash\":%d,\"revision\":%d,\"totalKey\":%d,\"totalSize\":%d,\"version\":\"%s\"}%n",
            Integer.toUnsignedLong(summary.hash()),
            summary.revision(),
            summary.totalKeys(),
            summary.totalBytes(),
            summary.version().replaceAll("[^\\x20-\\x7e]|[\"\\\\]", "?"));
      case table -> table(row);
    };
  }

  private static String table(List<String> row) {
    List<Integer> widths = IntStream.range(0, row.size())
        .mapToObj(i -> Math.max(COLUMNS.get(i).length(), row.get(i).length()) + 2)
        .toList();
    String line = widths.stream().map("-"::repeat).collect(Collectors.joining("+", "+", "+\n"));
    return line + centered(COLUMNS, widths) + line + right(row, widths) + line;
  }

  private static String centered(List<String> cells, List<Integer> widths) {
    return IntStream.range(0, cells.size())
        .mapToObj(i -> {
          int space = widths.get(i) - cells.get(i).length();
          return " ".repeat(space / 2) + cells.get(i) + " ".repeat(space - space / 2);
        })
        .collect(Collectors.joining("|", "|", "|\n"));
  }

  private static String right(List<String> cells, List<Integer> widths) {
    return IntStream.range(0, cells.size())
        .mapToObj(i -> " ".repeat(widths.get(i) - cells.get(i).length() - 1) + cells.get(i) + " ")
        .collect(Collectors.joining("|", "|", "|\n"));
  }

  /** A size as people say it: 20 kB, 1.5 MB. */
  static String size(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1000 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    String format = unit > 0 && value < 9.95 ? "%.1f %s" : "%.0f %s";
    return String.format(Locale.ROOT, format, value, UNITS[unit]);
  }
}
