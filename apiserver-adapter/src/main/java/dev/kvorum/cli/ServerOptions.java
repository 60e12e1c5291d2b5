package dev.kvorum.cli;

import dev.kvorum.store.identity.AuthConfig;
import dev.kvorum.store.raft.MaintenanceConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one member is told at its start, checked.
 *
 * @param name this member's name
 * @param dataDirectory where its data is
 * @param listenClients where it serves clients; not empty
 * @param advertiseClientUrls where it says that clients reach it
 * @param listenPeers where it serves other members; not empty
 * @param advertisePeerUrls where it says that members reach it
 * @param initialCluster peer URLs by member name, in the order given; has this member
 * @param existing whether to join a cluster instead of making one
 * @param clusterToken tells clusters with equal addresses apart
 * @param listenMetrics where metrics and health are served besides the client port; may be empty
 * @param snapshotCount log entries between two points at which the log may be cut
 * @param snapshotCatchupEntries log entries kept for members that lag behind
 * @param heartbeatMillis interval of heartbeats
 * @param electionMillis time without a heartbeat before an election
 * @param maxTxnOps most operations in a transaction
 * @param maxRequestBytes largest request
 * @param maxConcurrentStreams most streams on one client connection
 * @param keepAliveMinTime shortest interval of clients' pings
 * @param keepAliveInterval interval of pings to clients
 * @param keepAliveTimeout how long their answer may take
 * @param progressNotifyInterval how often idle watchers hear of progress
 * @param compactionBatchLimit revisions removed in one step
 * @param compactionPause pause between two steps
 * @param auth how callers prove who they are
 * @param maintenance how the member looks after itself
 * @param strictReconfigCheck whether membership changes are refused that could cost the majority
 * @param maxLearners most members without a vote
 * @param log where and how to log
 * @param clientSecurity how connections of clients are secured
 * @param peerSecurity how connections between members are secured
 * @param http what is served over HTTP, and to whom
 */
record ServerOptions(
    String name,
    Path dataDirectory,
    List<Endpoint> listenClients,
    List<String> advertiseClientUrls,
    List<Endpoint> listenPeers,
    List<String> advertisePeerUrls,
    Map<String, List<String>> initialCluster,
    boolean existing,
    String clusterToken,
    List<Endpoint> listenMetrics,
    long snapshotCount,
    long snapshotCatchupEntries,
    int heartbeatMillis,
    int electionMillis,
    int maxTxnOps,
    int maxRequestBytes,
    int maxConcurrentStreams,
    Duration keepAliveMinTime,
    Duration keepAliveInterval,
    Duration keepAliveTimeout,
    Duration progressNotifyInterval,
    int compactionBatchLimit,
    Duration compactionPause,
    AuthConfig auth,
    MaintenanceConfig maintenance,
    boolean strictReconfigCheck,
    int maxLearners,
    LogOptions log,
    PortSecurity clientSecurity,
    PortSecurity peerSecurity,
    HttpOptions http) {
  /** One log entry must hold the largest request; Raft's entries end at 4 MiB. */
  private static final int MAX_REQUEST_BYTES = 3 << 20;

  /**
   * Reads the flags.
   *
   * @param dataDirectorySuffix what follows the member's name in the default data directory
   * @throws UsageException if a value is malformed or two contradict each other
   */
  static ServerOptions of(FlagValues flags, String dataDirectorySuffix) {
    FeatureGates.check(flags);
    String name = flags.text("name");
    if (name.isBlank()) {
      throw new UsageException("--name must not be empty");
    }
    if (flags.isSet("listen-client-urls") && !flags.isSet("advertise-client-urls")) {
      throw new UsageException(
          "--advertise-client-urls is required when --listen-client-urls is set explicitly");
    }
    List<String> advertisePeers = flags.list("initial-advertise-peer-urls");
    int heartbeat = (int) flags.integer("heartbeat-interval", 1, 50_000);
    int election = (int) flags.integer("election-timeout", 1, 50_000);
    if (election < 5 * heartbeat) {
      throw new UsageException("--election-timeout (" + election
          + " ms) must be at least five times" + " --heartbeat-interval (" + heartbeat + " ms)");
    }
    String dataDir = flags.text("data-dir");
    Path dataDirectory = Path.of(dataDir.isEmpty() ? name + dataDirectorySuffix : dataDir)
        .toAbsolutePath()
        .normalize();
    return new ServerOptions(
        name,
        dataDirectory,
        endpoints(flags, "listen-client-urls", true),
        urls(flags, "advertise-client-urls"),
        endpoints(flags, "listen-peer-urls", true),
        urls(flags, "initial-advertise-peer-urls"),
        initialCluster(
            flags, name, advertisePeers, Files.exists(dataDirectory.resolve("IDENTITY"))),
        existing(flags),
        flags.text("initial-cluster-token"),
        endpoints(flags, "listen-metrics-urls", false),
        flags.integer("snapshot-count", 1, 1_000_000_000),
        flags.integer("snapshot-catchup-entries", 1, 1_000_000_000),
        heartbeat,
        election,
        (int) flags.integer("max-txn-ops", 1, 1_000_000),
        (int) flags.integer("max-request-bytes", 1, MAX_REQUEST_BYTES),
        (int) Math.min(Integer.MAX_VALUE, flags.integer("max-concurrent-streams", 1, 0xffff_ffffL)),
        flags.duration("grpc-keepalive-min-time"),
        flags.duration("grpc-keepalive-interval"),
        flags.duration("grpc-keepalive-timeout"),
        flags.duration("watch-progress-notify-interval"),
        (int) flags.integer("compaction-batch-limit", 1, 1_000_000),
        flags.duration("compaction-sleep-interval"),
        auth(flags),
        MaintenanceFlags.read(flags),
        Boolean.parseBoolean(flags.text("strict-reconfig-check")),
        (int) flags.integer("max-learners", 1, 1_000),
        LogOptions.of(flags),
        clientSecurity(flags),
        peerSecurity(flags),
        HttpOptions.of(flags));
  }

  /** Members that secure their connections and members that do not cannot talk to each other. */
  private static PortSecurity peerSecurity(FlagValues flags) {
    PortSecurity security = PortSecurity.ofPeers(flags);
    Map<Boolean, String> examples = new LinkedHashMap<>();
    for (String flag : List.of("listen-peer-urls", "initial-advertise-peer-urls")) {
      endpoints(flags, flag, true)
          .forEach(url -> examples.putIfAbsent(url.secure(), "--" + flag + "=" + url.url()));
    }
    for (String member : flags.list("initial-cluster")) {
      String url = member.substring(member.indexOf('=') + 1);
      examples.putIfAbsent(
          Endpoint.parse("initial-cluster", url).secure(), "--initial-cluster has " + url);
    }
    if (examples.size() > 1) {
      throw new UsageException(
          "peer URLs must be all http or all https: " + String.join(" but ", examples.values()));
    }
    boolean secure = examples.containsKey(true);
    if (secure && !security.isAvailable()) {
      throw new UsageException(
          "TLS key/cert (--peer-cert-file, --peer-key-file) must be provided for "
              + examples.get(true) + " with HTTPS scheme");
    }
    if (!secure && security.isAvailable()) {
      flags.warn("peer URLs are http: connections between members are not secured, whatever other"
          + " flags say");
    }
    return security;
  }

  private static PortSecurity clientSecurity(FlagValues flags) {
    PortSecurity security = PortSecurity.ofClients(flags);
    for (String flag :
        List.of("listen-client-urls", "listen-client-http-urls", "listen-metrics-urls")) {
      for (Endpoint endpoint : endpoints(flags, flag, false)) {
        if (endpoint.secure() && !security.isAvailable()) {
          throw new UsageException("TLS key/cert (--cert-file, --key-file) must be provided for "
              + "--" + flag + "=" + endpoint.url() + " with HTTPS scheme");
        }
        if (!endpoint.secure() && security.isAvailable() && flag.equals("listen-client-urls")) {
          flags.warn("the scheme of client URL " + endpoint.url()
              + " is http: TLS is not used there, whatever other flags say");
        }
      }
    }
    return security;
  }

  private static AuthConfig auth(FlagValues flags) {
    return new AuthConfig(
        flags.text("auth-token"),
        Duration.ofSeconds(flags.integer("auth-token-ttl", 1, Integer.MAX_VALUE)),
        (int) flags.integer("bcrypt-cost", 4, 31),
        (int) flags.integer("auth-min-password-length", 0, 72));
  }

  private static boolean existing(FlagValues flags) {
    String state = flags.text("initial-cluster-state");
    return switch (state) {
      case "new" -> false;
      case "existing" -> true;
      default ->
        throw new UsageException(
            "--initial-cluster-state must be 'new' or 'existing', not '" + state + "'");
    };
  }

  private static List<Endpoint> endpoints(FlagValues flags, String flag, boolean required) {
    List<Endpoint> endpoints =
        flags.list(flag).stream().map(url -> Endpoint.parse(flag, url)).toList();
    if (required && endpoints.isEmpty()) {
      throw new UsageException("--" + flag + " must not be empty");
    }
    return endpoints;
  }

  private static List<String> urls(FlagValues flags, String flag) {
    return endpoints(flags, flag, true).stream().map(Endpoint::url).toList();
  }

  /** The members and their peer URLs, in the order given. */
  static Map<String, List<String>> initialCluster(
      FlagValues flags, String name, List<String> advertisePeers, boolean hasData) {
    Map<String, List<String>> cluster = new LinkedHashMap<>();
    for (String part : flags.list("initial-cluster")) {
      int equals = part.indexOf('=');
      if (equals < 1) {
        throw new UsageException(
            "--initial-cluster: '" + part + "' is not of the form name=peerURL");
      }
      String url = part.substring(equals + 1);
      Endpoint.parse("initial-cluster", url);
      cluster
          .computeIfAbsent(part.substring(0, equals), member -> new ArrayList<>())
          .add(url);
    }
    if (cluster.isEmpty()) {
      cluster.put(name, advertisePeers);
    }
    List<String> own = cluster.get(name);
    if (own == null) {
      throw new UsageException(
          "couldn't find local name \"" + name + "\" in the initial cluster configuration");
    }
    // A member that was moved since is started with its new address and the initial cluster of old.
    if (!hasData
        && !own.stream()
            .sorted()
            .toList()
            .equals(advertisePeers.stream().sorted().toList())) {
      throw new UsageException("--initial-cluster has " + name + "=" + String.join(",", own)
          + " but --initial-advertise-peer-urls is " + String.join(",", advertisePeers));
    }
    return cluster;
  }
}
