package dev.kvorum.cli;

import dev.kvorum.cli.Flag.Kind;
import dev.kvorum.cli.Flag.Support;
import java.util.LinkedHashMap;
import java.util.Map;

/** The reference of flags as a page: the same table that the program reads them with. */
final class FlagReference {
  private FlagReference() {}

  static String markdown() {
    StringBuilder page = new StringBuilder(16_384);
    page.append("""
        # Flags of a member

        Made from the table that the program itself uses; a test keeps the two alike.

        Flags are etcd's: `--flag value`, `--flag=value`, one dash or two, booleans only as `--flag` or `--flag=false`.
        For `--some-name` there is the variable `KVORUM_SOME_NAME`, and `ETCD_SOME_NAME`. A flag beats the environment,
        and `KVORUM_` beats `ETCD_`.

        `--config-file` names a file in YAML or JSON that then counts alone. Its keys are the names of flags. Those about TLS
        stand in the maps `client-transport-security` and `peer-transport-security`, without the prefix, as in etcd. A
        number where a duration belongs is one of nanoseconds.

        `kvorum server` refuses an unknown flag or key; `kvorum etcd`, for programs that start etcd, ignores it with a
        warning. `--experimental-x` is the same as `--x`. What cannot be used ends the program with exit code 2 before it
        has done anything, what fails at the start with 1.

        """);
    Map<String, StringBuilder> groups = new LinkedHashMap<>();
    for (Flag flag : ServerFlags.all()) {
      if (flag.support() == Support.USED || flag.support() == Support.SHOWN) {
        row(groups.computeIfAbsent(ServerFlags.groupOf(flag), key -> new StringBuilder()), flag);
      }
    }
    groups.forEach((heading, rows) -> page.append("## ")
        .append(heading)
        .append("\n\n| flag | default | meaning |\n|---|---|---|\n")
        .append(rows)
        .append('\n'));
    page.append(
        "## Not offered\n\nSetting one of these is an error: it asks for something that would be missed.\n\n");
    names(page, Support.REFUSED);
    page.append(
        "\n## Without meaning here\n\nAccepted with a warning: they are about parts of etcd that this store does"
            + " not have.\n\n");
    names(page, Support.NO_MEANING);
    return page.toString();
  }

  private static void row(StringBuilder rows, Flag flag) {
    rows.append("| `").append(flag.option()).append("` | ");
    if (!flag.defaultValue().isEmpty()) {
      rows.append('`').append(flag.defaultValue()).append('`');
    }
    rows.append(" | ").append(flag.description().replace("|", "\\|"));
    if (flag.kind() == Kind.DURATION) {
      rows.append(" (duration)");
    }
    rows.append(" |\n");
  }

  private static void names(StringBuilder page, Support support) {
    for (Flag flag : ServerFlags.all()) {
      if (flag.support() == support) {
        page.append("- `").append(flag.option()).append("`\n");
      }
    }
  }
}
