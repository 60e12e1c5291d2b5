package dev.kvorum.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where and how to log.
 *
 * @param level the least level: debug, info, warn or error
 * @param json whether a line is a JSON object
 * @param outputs {@code stderr}, {@code stdout} or files
 * @param rotation when to begin a new file; null for never
 */
record LogOptions(
    String level,
    boolean json,
    List<String> outputs,
    @Nullable Rotation rotation) {
  /**
   * When to begin a new log file.
   *
   * @param maxMegabytes how large one may become
   * @param maxDays how long old ones are kept; 0 for ever
   * @param maxFiles how many old ones are kept; 0 for all
   * @param compress whether old ones are compressed
   */
  record Rotation(int maxMegabytes, int maxDays, int maxFiles, boolean compress) {}

  /** Reads the flags. */
  static LogOptions of(FlagValues flags) {
    String logger = flags.text("logger");
    if (!logger.equals("zap")) {
      throw new UsageException("--logger: unknown logger option \"" + logger + "\"");
    }
    List<String> outputs = flags.list("log-outputs").stream()
        .map(output -> output.equals("default") ? "stderr" : output)
        .toList();
    if (outputs.isEmpty()) {
      outputs = List.of("stderr");
    }
    if (outputs.contains("systemd/journal")) {
      throw new UsageException("--log-outputs: systemd/journal is not supported; what is logged to"
          + " stderr reaches the journal when the service's standard error does");
    }
    return new LogOptions(
        level(flags), format(flags).equals("json"), outputs, rotation(flags, outputs));
  }

  private static String level(FlagValues flags) {
    String level = flags.text("log-level");
    return switch (level) {
      case "debug", "info", "warn", "error" -> level;
      case "dpanic", "panic", "fatal" -> "error";
      default ->
        throw new UsageException(
            "--log-level must be debug, info, warn or error, not '" + level + "'");
    };
  }

  private static String format(FlagValues flags) {
    String format = flags.text("log-format");
    if (!format.equals("json") && !format.equals("console")) {
      throw new UsageException(
          "--log-format: unknown log format: " + format + ", supported values json, console");
    }
    return format;
  }

  private static @Nullable Rotation rotation(FlagValues flags, List<String> outputs) {
    if (!flags.bool("enable-log-rotation")) {
      return null;
    }
    long files = outputs.stream()
        .filter(output -> !output.equals("stderr") && !output.equals("stdout"))
        .count();
    if (files != 1) {
      throw new UsageException(
          "--log-outputs requires a single file path when" + " --enable-log-rotation is set");
    }
    JsonNode config;
    try {
      config = new JsonMapper().readTree(flags.text("log-rotation-config-json"));
    } catch (JsonProcessingException malformed) {
      throw new UsageException("--log-rotation-config-json: improperly formatted log rotation"
          + " config: " + malformed.getOriginalMessage());
    }
    if (!config.isObject()) {
      throw new UsageException("--log-rotation-config-json is not a JSON object");
    }
    return new Rotation(
        number(config, "maxsize", 100),
        number(config, "maxage", 0),
        number(config, "maxbackups", 0),
        config.path("compress").asBoolean(false));
  }

  private static int number(JsonNode config, String key, int otherwise) {
    JsonNode value = config.path(key);
    if (value.isMissingNode()) {
      return otherwise;
    }
    if (!value.isInt() || value.intValue() < 0) {
      throw new UsageException("--log-rotation-config-json: " + key + " must be a whole number");
    }
    return value.intValue() == 0 && key.equals("maxsize") ? otherwise : value.intValue();
  }
}
