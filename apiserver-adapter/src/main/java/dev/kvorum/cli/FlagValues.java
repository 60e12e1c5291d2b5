package dev.kvorum.cli;

import dev.kvorum.cli.Flag.Kind;
import dev.kvorum.cli.Flag.Support;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the command line and the environment say, by flag name.
 *
 * <p>Follows Go's flag syntax as etcd's users know it: one dash or two, {@code --flag=value} or {@code --flag value},
 * booleans only as {@code --flag} or {@code --flag=false}. A flag beats the environment; {@code KVORUM_SOME_NAME} beats
 * {@code ETCD_SOME_NAME}.
 */
final class FlagValues {
  /** What to do with a flag that nobody knows. */
  enum UnknownFlags {
    REFUSE,
    /** For programs that start "etcd" with the flags of some other version. */
    IGNORE
  }

  private static final Pattern DURATION_PART =
      Pattern.compile("(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)");

  private static final String CONFIG_FILE = "config-file";
  private static final List<String> PREFIXES = List.of("KVORUM_", "ETCD_");

  private final Map<String, String> values = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();

  private FlagValues() {}

  /**
   * Reads the arguments and, for flags that they do not set, the environment.
   *
   * @throws UsageException if an argument is not a flag, is unknown and {@code unknown} says so, lacks its value, or asks
   *     for something that is refused
   */
  static FlagValues parse(
      List<String> arguments, Map<String, String> environment, UnknownFlags unknown) {
    FlagValues parsed = new FlagValues();
    parsed.readArguments(arguments, unknown);
    String file = parsed.values.get(CONFIG_FILE);
    for (String prefix : PREFIXES) {
      if (file == null || file.isEmpty()) {
        file = environment.get(prefix + "CONFIG_FILE");
      }
    }
    if (file == null || file.isEmpty()) {
      parsed.readEnvironment(environment);
    } else {
      parsed.readFile(Path.of(file), unknown);
    }
    parsed.judge();
    return parsed;
  }

  /** A file says everything: flags and environment count for nothing beside it, as in etcd. */
  private void readFile(Path file, UnknownFlags unknown) {
    List<String> ignored =
        values.keySet().stream().filter(name -> !name.equals(CONFIG_FILE)).toList();
    if (!ignored.isEmpty()) {
      warnings.add(
          "--config-file is set: other flags are ignored: --" + String.join(", --", ignored));
    }
    values.clear();
    values.put(CONFIG_FILE, file.toString());
    ConfigFile.read(file).forEach((name, value) -> {
      Flag flag = known(name);
      if (flag != null) {
        values.put(flag.name(), value);
      } else if (unknown == UnknownFlags.REFUSE) {
        throw new UsageException("--config-file: " + file + ": unknown key " + name);
      } else {
        warnings.add("--config-file: " + file + ": key " + name + " is unknown and ignored");
      }
    });
  }

  private void readArguments(List<String> arguments, UnknownFlags unknown) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("-") || argument.equals("-") || argument.equals("--")) {
        throw new UsageException("'" + argument + "' is not a flag");
      }
      String body = argument.substring(argument.startsWith("--") ? 2 : 1);
      int equals = body.indexOf('=');
      String name = equals < 0 ? body : body.substring(0, equals);
      String value = equals < 0 ? null : body.substring(equals + 1);
      boolean valueFollows = i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("-");
      Flag flag = known(name);
      if (flag == null) {
        if (unknown == UnknownFlags.REFUSE) {
          throw new UsageException("unknown flag --" + name + " (see kvorum server --help)");
        }
        warnings.add("flag --" + name + " is unknown and ignored");
        if (value == null && valueFollows) {
          i++;
        }
      } else if (value != null) {
        values.put(flag.name(), value);
      } else if (flag.kind() == Kind.BOOLEAN) {
        values.put(flag.name(), "true");
      } else if (i + 1 < arguments.size()) {
        values.put(flag.name(), arguments.get(++i));
      } else {
        throw new UsageException("flag --" + name + " needs a value");
      }
    }
  }

  /** etcd moved many flags from {@code experimental-x} to {@code x}; both spellings mean the same. */
  static @Nullable Flag known(String name) {
    Flag flag = ServerFlags.find(name);
    if (flag == null && name.startsWith("experimental-")) {
      flag = ServerFlags.find(name.substring("experimental-".length()));
      if (flag == null) {
        Kind kind = name.contains("enable") || name.endsWith("-check") ? Kind.BOOLEAN : Kind.TEXT;
        flag = new Flag(name, kind, Support.NO_MEANING, "", "");
      }
    }
    return flag;
  }

  private void readEnvironment(Map<String, String> environment) {
    for (Flag flag : ServerFlags.all()) {
      for (String prefix : PREFIXES) {
        String value = environment.get(prefix + flag.environmentSuffix());
        if (value != null && !value.isEmpty()) {
          values.putIfAbsent(flag.name(), value);
        }
      }
    }
    // Programs set variables of their own that begin the same way: only etcd's prefix is suspect.
    for (String variable : environment.keySet()) {
      if (variable.startsWith("ETCD_")
          && known(variable.substring("ETCD_".length()).toLowerCase(Locale.ROOT).replace('_', '-'))
              == null) {
        warnings.add("environment variable " + variable + " names no flag and is ignored");
      }
    }
  }

  private void judge() {
    values.forEach((name, value) -> {
      Flag flag = known(name);
      if (flag == null || isOff(flag, value)) {
        return;
      }
      switch (flag.support()) {
        case USED -> {}
        case SHOWN ->
          warnings.add("flag --" + name + " is shown to clients but not enforced by this version");
        case NO_MEANING ->
          warnings.add("flag --" + name + " has no meaning for this store and is ignored");
        case REFUSED ->
          throw new UsageException("flag --" + name
              + " is not supported by this version; refusing to start without what it asks for");
      }
    });
  }

  private static boolean isOff(Flag flag, String value) {
    return value.isEmpty()
        || (flag.kind() == Kind.BOOLEAN && value.equals("false"))
        || value.equals("0");
  }

  /** Adds something that the operator should know. */
  void warn(String warning) {
    warnings.add(warning);
  }

  /** What the operator should know but need not act on. */
  List<String> warnings() {
    return List.copyOf(warnings);
  }

  boolean isSet(String name) {
    return values.containsKey(name);
  }

  /** Whether a switch is on; also one that has no entry of its own, such as an experimental one. */
  boolean isTrue(String name) {
    return "true".equals(values.get(name));
  }

  /** The value as text, the default if nothing sets it. */
  String text(String name) {
    String value = values.get(name);
    return value != null ? value : flag(name).defaultValue();
  }

  /** The parts of a comma separated value, without empty ones. */
  List<String> list(String name) {
    return List.of(text(name).split(",")).stream()
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /**
   * The value of a boolean flag.
   *
   * @throws UsageException if it is neither true nor false
   */
  boolean bool(String name) {
    String value = text(name);
    return switch (value) {
      case "true", "TRUE", "True", "t", "T", "1" -> true;
      case "false", "FALSE", "False", "f", "F", "0", "" -> false;
      default ->
        throw new UsageException(
            "invalid value '" + value + "' for --" + name + ": neither true nor false");
    };
  }

  /**
   * The value as a number.
   *
   * @throws UsageException if it is none or lies outside {@code [least, most]}
   */
  long integer(String name, long least, long most) {
    String value = text(name);
    try {
      long number = Long.parseLong(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      throw new UsageException(
          "invalid value '" + value + "' for --" + name + ": not a whole number");
    }
    throw new UsageException("invalid value '" + value + "' for --" + name + ": must be between "
        + least + " and " + most);
  }

  /**
   * The value as a duration.
   *
   * @throws UsageException if it is none or not positive
   */
  Duration duration(String name) {
    String value = text(name);
    Matcher part = DURATION_PART.matcher(value);
    double nanos = 0;
    int end = 0;
    while (part.find() && part.start() == end) {
      nanos += Double.parseDouble(part.group(1)) * nanosOf(part.group(2));
      end = part.end();
    }
    if (end != value.length() || nanos < 1) {
      throw new UsageException(
          "invalid value '" + value + "' for --" + name + ": not a duration such as 10m or 500ms");
    }
    return Duration.ofNanos((long) nanos);
  }

  private static double nanosOf(String unit) {
    return switch (unit) {
      case "ns" -> 1;
      case "us", "µs" -> 1e3;
      case "ms" -> 1e6;
      case "s" -> 1e9;
      case "m" -> 60e9;
      case "h" -> 3600e9;
      default -> throw new IllegalArgumentException(unit);
    };
  }

  private static Flag flag(String name) {
    Flag flag = ServerFlags.find(name);
    if (flag == null) {
      throw new IllegalArgumentException("no flag " + name);
    }
    return flag;
  }
}
