package dev.kvorum.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** etcd's switches for single features, by the names that etcd gives them. */
final class FeatureGates {
  /** What is the case here, whatever the switch says. */
  private static final Map<String, String> KNOWN = new TreeMap<>(Map.of(
      "StopGRPCServiceOnDefrag", "defragmentation does not stop the service",
      "InitialCorruptCheck", "members compare their data only after they have started",
      "CompactHashCheck", "members do not compare their data after a compaction",
      "TxnModeWriteWithSharedBuffer", "transactions never copy a buffer",
      "LeaseCheckpoint", "the remaining time of leases is always noted",
      "LeaseCheckpointPersist", "the remaining time of leases is always noted",
      "SetMemberLocalAddr", "members call from the address that the system chooses",
      "FastLeaseKeepAlive", "the leader always renews leases by itself",
      "PriorityRequest", "no request goes before another"));

  private FeatureGates() {}

  /**
   * Checks {@code name=true,name=false}.
   *
   * @throws UsageException if one is unknown or neither true nor false
   */
  static void check(FlagValues flags) {
    for (String gate : flags.list("feature-gates")) {
      int equals = gate.indexOf('=');
      String name = equals < 0 ? gate : gate.substring(0, equals);
      String value = equals < 0 ? "" : gate.substring(equals + 1);
      if (equals < 0) {
        throw new UsageException("--feature-gates: missing bool value for " + name);
      }
      if (!List.of("true", "false").contains(value)) {
        throw new UsageException(
            "--feature-gates: invalid value of " + name + "=" + value + ": neither true nor false");
      }
      boolean all = name.equals("AllAlpha") || name.equals("AllBeta");
      String instead = KNOWN.get(name);
      if (instead == null && !all) {
        throw new UsageException("--feature-gates: unrecognized feature gate: " + name);
      }
      if (value.equals("true") && instead != null) {
        flags.warn("feature gate " + name + " changes nothing: " + instead);
      }
    }
  }
}
