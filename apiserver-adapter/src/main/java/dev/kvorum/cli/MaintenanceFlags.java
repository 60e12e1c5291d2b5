package dev.kvorum.cli;

import dev.kvorum.store.raft.AutoCompaction;
import dev.kvorum.store.raft.MaintenanceConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Reads the flags about how a member looks after itself. */
final class MaintenanceFlags {
  private static final long DEFAULT_QUOTA_BYTES = 2L << 30;

  private MaintenanceFlags() {}

  /**
   * Reads them.
   *
   * @throws UsageException if a value is malformed
   */
  static MaintenanceConfig read(FlagValues flags) {
    Map<String, Boolean> gates = gates(flags);
    boolean checkCompactions = gates.getOrDefault("CompactHashCheck", false)
        || flags.isTrue("experimental-compact-hash-check-enabled");
    return new MaintenanceConfig(
        quotaBytes(flags),
        autoCompaction(flags),
        interval(flags, "corrupt-check-time"),
        checkCompactions ? interval(flags, "compact-hash-check-time") : Duration.ZERO,
        gates.getOrDefault("InitialCorruptCheck", false)
            || flags.isTrue("experimental-initial-corrupt-check"));
  }

  /** The space quota; negative for none. */
  static long quotaBytes(FlagValues flags) {
    long quota = flags.integer("quota-backend-bytes", Long.MIN_VALUE, Long.MAX_VALUE);
    return quota == 0 ? DEFAULT_QUOTA_BYTES : quota;
  }

  private static Duration interval(FlagValues flags, String flag) {
    String text = flags.text(flag);
    return text.isEmpty() || text.matches("0[a-zµ]*") ? Duration.ZERO : flags.duration(flag);
  }

  private static AutoCompaction autoCompaction(FlagValues flags) {
    String mode = flags.text("auto-compaction-mode");
    if (!mode.equals("periodic") && !mode.equals("revision")) {
      throw new UsageException("unknown auto-compaction-mode \"" + mode + "\"");
    }
    String retention = flags.text("auto-compaction-retention");
    if (retention.isEmpty() || retention.matches("0[a-zµ]*")) {
      return new AutoCompaction.Off();
    }
    if (retention.matches("\\d{1,18}")) {
      long number = Long.parseLong(retention);
      return mode.equals("revision")
          ? new AutoCompaction.Revisions(number)
          : new AutoCompaction.Periodic(hours(number));
    }
    if (mode.equals("revision")) {
      throw new UsageException("invalid value '" + retention
          + "' for --auto-compaction-retention: a number of revisions in this mode");
    }
    Duration period = flags.duration("auto-compaction-retention");
    if (period.toMillis() < 10) {
      throw new UsageException("--auto-compaction-retention must be at least 10ms");
    }
    return new AutoCompaction.Periodic(period);
  }

  private static Duration hours(long number) {
    if (number > 1_000_000) {
      throw new UsageException("--auto-compaction-retention: " + number + " hours is too long");
    }
    return Duration.ofHours(number);
  }

  /** Gates as {@code Name=true,Other=false}; those that are about something else are left alone. */
  private static Map<String, Boolean> gates(FlagValues flags) {
    Map<String, Boolean> gates = new HashMap<>();
    for (String gate : flags.list("feature-gates")) {
      int equals = gate.indexOf('=');
      String value = gate.substring(equals + 1);
      if (equals < 1 || !(value.equals("true") || value.equals("false"))) {
        throw new UsageException(
            "--feature-gates: '" + gate + "' is not of the form Name=true or Name=false");
      }
      gates.put(gate.substring(0, equals), value.equals("true"));
    }
    return gates;
  }
}
