package dev.kvorum.cli;

import dev.kvorum.cli.Flag.Kind;
import dev.kvorum.cli.Flag.Support;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Every flag that etcd's server has or had, and what becomes of it here. */
final class ServerFlags {
  private static final Map<String, Flag> BY_NAME = new LinkedHashMap<>();
  private static final Map<String, String> GROUPS = new LinkedHashMap<>(); // by flag
  private static String group = "";

  static {
    group("Member");
    used(
        "config-file",
        Kind.TEXT,
        "",
        "file that says everything; flags and environment are ignored then");
    used("name", Kind.TEXT, "default", "human-readable name of this member");
    used("data-dir", Kind.TEXT, "", "where the data is kept (default: <name>.kvorum)");
    used(
        "listen-client-urls",
        Kind.TEXT,
        "http://localhost:2379",
        "where to listen for clients, comma separated");
    used(
        "advertise-client-urls",
        Kind.TEXT,
        "http://localhost:2379",
        "where clients reach this member; required when --listen-client-urls is set");
    used(
        "listen-peer-urls",
        Kind.TEXT,
        "http://localhost:2380",
        "where to listen for other members");
    group("Cluster");
    used(
        "initial-advertise-peer-urls",
        Kind.TEXT,
        "http://localhost:2380",
        "where other members reach this one");
    used(
        "initial-cluster",
        Kind.TEXT,
        "",
        "the members at bootstrap: name=peerURL, comma separated");
    used("initial-cluster-state", Kind.TEXT, "new", "'new' to bootstrap, 'existing' to join");
    used(
        "initial-cluster-token",
        Kind.TEXT,
        "etcd-cluster",
        "tells clusters with equal addresses apart");
    group("Behaviour");
    used(
        "listen-metrics-urls",
        Kind.TEXT,
        "",
        "where to serve /metrics and health besides the client port");
    used(
        "snapshot-count",
        Kind.INTEGER,
        "10000",
        "log entries between two points at which the log may be cut");
    used(
        "snapshot-catchup-entries",
        Kind.INTEGER,
        "5000",
        "log entries kept for members that lag behind");
    used("heartbeat-interval", Kind.INTEGER, "100", "milliseconds between heartbeats");
    used(
        "election-timeout",
        Kind.INTEGER,
        "1000",
        "milliseconds without a heartbeat before an election");
    used("max-txn-ops", Kind.INTEGER, "128", "most operations in one transaction");
    used("max-request-bytes", Kind.INTEGER, "1572864", "largest request");
    used(
        "max-concurrent-streams",
        Kind.INTEGER,
        "4294967295",
        "most streams on one client connection");
    used(
        "quota-backend-bytes",
        Kind.INTEGER,
        "0",
        "how much may be stored, 0 for 2 GiB, negative for no bound");
    used("auto-compaction-mode", Kind.TEXT, "periodic", "'periodic' or 'revision'");
    used(
        "auto-compaction-retention",
        Kind.TEXT,
        "0",
        "how much history is kept: a duration or a number of hours, or a number of revisions; 0 for all");
    used("corrupt-check-time", Kind.DURATION, "0s", "how often members are compared, 0s for never");
    used(
        "compact-hash-check-time",
        Kind.DURATION,
        "1m",
        "how often members are compared after compactions, with feature gate CompactHashCheck");
    used(
        "feature-gates",
        Kind.TEXT,
        "",
        "of these, InitialCorruptCheck and CompactHashCheck have a meaning here");
    used(
        "experimental-initial-corrupt-check",
        Kind.BOOLEAN,
        "",
        "as feature gate InitialCorruptCheck");
    used(
        "experimental-compact-hash-check-enabled",
        Kind.BOOLEAN,
        "",
        "as feature gate CompactHashCheck");
    used(
        "grpc-keepalive-min-time",
        Kind.DURATION,
        "5s",
        "shortest interval at which clients may ping");
    used("grpc-keepalive-interval", Kind.DURATION, "2h", "interval at which clients are pinged");
    used("grpc-keepalive-timeout", Kind.DURATION, "20s", "how long a ping's answer may take");
    used(
        "watch-progress-notify-interval",
        Kind.DURATION,
        "10m",
        "how often idle watchers hear of progress");
    used(
        "compaction-batch-limit", Kind.INTEGER, "1000", "revisions removed in one compaction step");
    used("compaction-sleep-interval", Kind.DURATION, "10ms", "pause between two compaction steps");
    used(
        "auth-token",
        Kind.TEXT,
        "simple",
        "kind of tokens: 'simple', or 'jwt,sign-method=..,priv-key=..,pub-key=..,ttl=..'");
    used("auth-token-ttl", Kind.INTEGER, "300", "seconds that an unused simple token stays valid");
    used("bcrypt-cost", Kind.INTEGER, "10", "cost of hashing a password, as a power of two");
    used(
        "auth-min-password-length",
        Kind.INTEGER,
        "0",
        "shortest password accepted, in bytes; not a flag of etcd's");
    used(
        "strict-reconfig-check",
        Kind.BOOLEAN,
        "true",
        "refuse membership changes that could cost the majority");
    used("max-learners", Kind.INTEGER, "1", "most members without a vote");
    used(
        "listen-client-http-urls",
        Kind.TEXT,
        "",
        "where to serve HTTP; the client URLs are for gRPC alone then");
    used("enable-grpc-gateway", Kind.BOOLEAN, "true", "serve the API as JSON over HTTP too");
    used(
        "cors",
        Kind.TEXT,
        "",
        "web pages that may use the gateway, comma separated, * for all (default: none)");
    used(
        "host-whitelist",
        Kind.TEXT,
        "*",
        "names by which HTTP may be asked for without TLS, comma separated");
    used("metrics", Kind.TEXT, "basic", "basic, or extensive for how long each method takes");
    used(
        "feature-gates",
        Kind.TEXT,
        "",
        "etcd's feature gates: checked, and answered with what is the case here");

    group("Logging");
    used("logger", Kind.TEXT, "zap", "only 'zap', the name of etcd's logger, is taken");
    used("log-level", Kind.TEXT, "info", "debug, info, warn or error");
    used("log-outputs", Kind.TEXT, "default", "stderr, stdout or files, comma separated");
    used("log-format", Kind.TEXT, "console", "json or console");
    used("enable-log-rotation", Kind.BOOLEAN, "false", "begin a new log file when one is large");
    used(
        "log-rotation-config-json",
        Kind.TEXT,
        "{\"maxsize\": 100, \"maxage\": 0, \"maxbackups\": 0, \"compress\": false}",
        "when: megabytes, days and number of old files kept (0 for all), whether compressed");

    group("Security");

    used("cert-file", Kind.TEXT, "", "certificate that clients are shown, PEM");
    used("key-file", Kind.TEXT, "", "its private key, PEM");
    used("client-cert-auth", Kind.BOOLEAN, "false", "identify clients by their certificates");
    used(
        "trusted-ca-file",
        Kind.TEXT,
        "",
        "authorities whose clients are served, PEM; demands a certificate of each");
    used("client-crl-file", Kind.TEXT, "", "clients' revoked certificates, PEM or DER");
    used(
        "client-cert-allowed-hostname",
        Kind.TEXT,
        "",
        "hosts that clients' certificates may be for, comma separated");
    used("auto-tls", Kind.BOOLEAN, "false", "make a certificate to show to clients");
    used(
        "self-signed-cert-validity",
        Kind.INTEGER,
        "1",
        "years that certificates made by --auto-tls and --peer-auto-tls last");
    used("tls-min-version", Kind.TEXT, "TLS1.2", "oldest version of TLS: TLS1.2 or TLS1.3");
    used("tls-max-version", Kind.TEXT, "", "newest version of TLS: TLS1.2 or TLS1.3");
    used("cipher-suites", Kind.TEXT, "", "cipher suites of TLS 1.2, comma separated");

    noMeaning(Kind.TEXT, "client-cert-file", "client-key-file");
    used("peer-cert-file", Kind.TEXT, "", "certificate that other members are shown, PEM");
    used("peer-key-file", Kind.TEXT, "", "its private key, PEM");
    used("peer-client-cert-auth", Kind.BOOLEAN, "false", "demand certificates of other members");
    used(
        "peer-client-cert-file",
        Kind.TEXT,
        "",
        "certificate shown when connecting to other members, if it is another one");
    used("peer-client-key-file", Kind.TEXT, "", "its private key, PEM");
    used(
        "peer-trusted-ca-file",
        Kind.TEXT,
        "",
        "authorities whose members are talked to, PEM; demands a certificate of each");
    used("peer-crl-file", Kind.TEXT, "", "members' revoked certificates, PEM or DER");
    used(
        "peer-cert-allowed-cn",
        Kind.TEXT,
        "",
        "common names that members' certificates may have, comma separated");
    used(
        "peer-cert-allowed-hostname",
        Kind.TEXT,
        "",
        "hosts that members' certificates may be for, comma separated");
    used(
        "peer-auto-tls",
        Kind.BOOLEAN,
        "false",
        "make a certificate to show to members; proves nothing about who a member is");
    used(
        "peer-skip-client-san-verification",
        Kind.BOOLEAN,
        "false",
        "let members call from addresses that their certificates are not for");
    refused(Kind.BOOLEAN, "force-new-cluster");
    refused(Kind.TEXT, "discovery", "discovery-srv");

    noMeaning(Kind.BOOLEAN, "pre-vote", "initial-election-tick-advance", "memory-mlock");
    noMeaning(Kind.BOOLEAN, "socket-reuse-port", "socket-reuse-address", "enable-pprof");
    noMeaning(Kind.BOOLEAN, "unsafe-no-fsync", "enable-distributed-tracing", "enable-v2");
    noMeaning(Kind.TEXT, "wal-dir", "max-wals", "max-snapshots", "backend-bbolt-freelist-type");
    noMeaning(
        Kind.TEXT,
        "backend-batch-interval",
        "backend-batch-limit",
        "raft-read-timeout",
        "raft-write-timeout");
    noMeaning(Kind.TEXT, "discovery-srv-name", "discovery-fallback", "discovery-proxy");
    noMeaning(Kind.TEXT, "discovery-token", "discovery-endpoints", "discovery-dial-timeout");
    noMeaning(
        Kind.TEXT,
        "discovery-request-timeout",
        "discovery-keepalive-time",
        "discovery-keepalive-timeout");
    noMeaning(Kind.TEXT, "warning-apply-duration", "warning-unary-request-duration");
    noMeaning(Kind.TEXT, "distributed-tracing-address", "distributed-tracing-service-name");
    noMeaning(Kind.TEXT, "distributed-tracing-instance-id", "distributed-tracing-sampling-rate");
    noMeaning(Kind.TEXT, "bootstrap-defrag-threshold-megabytes");
    noMeaning(Kind.TEXT, "downgrade-check-time", "v2-deprecation", "proxy");
  }

  private ServerFlags() {}

  static List<Flag> all() {
    return new ArrayList<>(BY_NAME.values());
  }

  static @Nullable Flag find(String name) {
    return BY_NAME.get(name);
  }

  /** The heading under which a flag is explained; empty if it is not. */
  static String groupOf(Flag flag) {
    return GROUPS.getOrDefault(flag.name(), "");
  }

  /** Begins a group: the flags that follow are explained under this heading. */
  private static void group(String heading) {
    group = heading;
  }

  private static void used(String name, Kind kind, String defaultValue, String description) {
    BY_NAME.put(name, new Flag(name, kind, Support.USED, defaultValue, description));
    GROUPS.put(name, group);
  }

  private static void refused(Kind kind, String... names) {
    Stream.of(names)
        .forEach(name -> BY_NAME.put(
            name, new Flag(name, kind, Support.REFUSED, "", "not offered; an error when set")));
  }

  private static void noMeaning(Kind kind, String... names) {
    Stream.of(names)
        .forEach(name -> BY_NAME.put(
            name, new Flag(name, kind, Support.NO_MEANING, "", "accepted, has no meaning here")));
  }
}
