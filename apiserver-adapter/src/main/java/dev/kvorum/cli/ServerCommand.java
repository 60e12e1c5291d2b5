package dev.kvorum.cli;

import dev.kvorum.cli.Flag.Kind;
import dev.kvorum.cli.Flag.Support;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one member until it is told to stop. */
final class ServerCommand {
  private static final Logger log = LoggerFactory.getLogger(ServerCommand.class);

  /** Whose manners to follow. */
  enum Style {
    KVORUM(".kvorum", FlagValues.UnknownFlags.REFUSE),
    /** For programs that start "etcd": flags of any version are taken. */
    LIKE_ETCD(".etcd", FlagValues.UnknownFlags.IGNORE);

    private final String dataDirectorySuffix;
    private final FlagValues.UnknownFlags unknownFlags;

    Style(String dataDirectorySuffix, FlagValues.UnknownFlags unknownFlags) {
      this.dataDirectorySuffix = dataDirectorySuffix;
      this.unknownFlags = unknownFlags;
    }
  }

  private final Style style;

  ServerCommand(Style style) {
    this.style = style;
  }

  /** Runs with these arguments and returns the exit code. */
  int run(List<String> arguments) {
    if (arguments.contains("--help") || arguments.contains("-h") || arguments.contains("-help")) {
      System.out.print(help());
      return 0;
    }
    if (arguments.contains("--version") || arguments.contains("-version")) {
      System.out.println("kvorum " + Versions.kvorum());
      return 0;
    }
    try {
      FlagValues flags = FlagValues.parse(arguments, System.getenv(), style.unknownFlags);
      ServerOptions options = ServerOptions.of(flags, style.dataDirectorySuffix);
      Logging.configure(options.log());
      flags.warnings().forEach(log::warn);
      try (MemberProcess member = MemberProcess.start(options)) {
        return member.awaitStop();
      }
    } catch (UsageException refusal) {
      System.err.println("kvorum: " + refusal.getMessage());
      return Kvorum.EXIT_USAGE;
    } catch (MemberProcess.StartFailure failure) {
      log.error("cannot start: {}", failure.getMessage());
      return 1;
    }
  }

  static String help() {
    StringBuilder text = new StringBuilder(4096);
    text.append("Usage: kvorum server [flags]\n\n")
        .append("Runs one member of a store. Flags are etcd's, as --flag value or --flag=value.\n")
        .append(
            "Each can also be given in the environment: KVORUM_SOME_NAME, or ETCD_SOME_NAME, for --some-name.\n")
        .append("A flag beats the environment; a file named by --config-file beats both.\n\n");
    Map<String, List<Flag>> groups = new LinkedHashMap<>();
    for (Flag flag : ServerFlags.all()) {
      if (flag.support() == Support.USED || flag.support() == Support.SHOWN) {
        groups
            .computeIfAbsent(ServerFlags.groupOf(flag), heading -> new ArrayList<>())
            .add(flag);
      }
    }
    groups.forEach((heading, flags) -> {
      text.append(heading).append(":\n");
      flags.forEach(flag -> line(text, flag));
      text.append('\n');
    });
    text.append("Not offered by this version, an error when set:\n").append(names(Support.REFUSED));
    text.append("\nAccepted, without meaning for this store:\n").append(names(Support.NO_MEANING));
    return text.toString();
  }

  private static void line(StringBuilder text, Flag flag) {
    String left =
        "  " + flag.option() + (flag.kind() == Kind.BOOLEAN ? "" : " " + value(flag.kind()));
    text.append(String.format("%-46s %s", left, flag.description()));
    if (!flag.defaultValue().isEmpty()) {
      text.append(" (").append(flag.defaultValue()).append(')');
    }
    text.append('\n');
  }

  private static String value(Kind kind) {
    return switch (kind) {
      case BOOLEAN -> "";
      case TEXT -> "<text>";
      case INTEGER -> "<number>";
      case DURATION -> "<duration>";
    };
  }

  private static String names(Support support) {
    StringBuilder text = new StringBuilder();
    StringBuilder line = new StringBuilder(" ");
    for (Flag flag : ServerFlags.all()) {
      if (flag.support() != support) {
        continue;
      }
      if (line.length() + flag.option().length() > 100) {
        text.append(line).append('\n');
        line = new StringBuilder(" ");
      }
      line.append(' ').append(flag.option());
    }
    return text.append(line).append('\n').toString();
  }
}
