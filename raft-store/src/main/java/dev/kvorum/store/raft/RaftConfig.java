package dev.kvorum.store.raft;

import dev.kvorum.tls.TlsSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a member is started with.
 *
 * @param dataDir the member's directory; made if there is none
 * @param name the member's name; a key of {@code initialCluster}
 * @param initialCluster the founding members' peer URLs by name; the ids of members and cluster follow from them
 * @param clusterToken keeps clusters with equal peer URLs apart
 * @param newCluster whether a member without data founds the cluster; if not, it must have been added to a running one
 * @param listenPeerUrls where this member listens for the others; empty for its own URLs in {@code initialCluster}
 * @param clientUrls where clients reach this member, for the list of members
 * @param heartbeatInterval the unit of the shortest lease: see {@link #minLeaseTtlSeconds}
 * @param electionTimeout how long a follower waits for its leader, at least; at most twice that
 * @param snapshotCount log entries between two offers to shorten the log
 * @param logRetention log entries kept behind the last such offer, so that a member that was away catches up from the log
 * @param logSegmentBytes how large a file of the log grows; the log is shortened by whole files
 * @param maxRequestBytes the largest encoded operation
 * @param compactionBatchRevisions revisions whose unreadable data is removed in one step
 * @param compactionPause how long to pause between two such steps
 * @param progressInterval for how long a watcher that asked for progress stays without a word
 * @param strictReconfigCheck whether changes of the membership are refused that could cost the majority
 * @param maxLearners how many learners there may be
 * @param maintenance how the member looks after itself
 * @param peerSecurity how connections between members are secured; null if they are not
 * @param limits bounds on what may wait
 * @param fatalHandler what to do when this member must not go on
 * @param failpoints hooks of tests
 */
public record RaftConfig(
    Path dataDir,
    String name,
    Map<String, List<String>> initialCluster,
    String clusterToken,
    boolean newCluster,
    List<String> listenPeerUrls,
    List<String> clientUrls,
    Duration heartbeatInterval,
    Duration electionTimeout,
    long snapshotCount,
    long logRetention,
    long logSegmentBytes,
    int maxRequestBytes,
    int compactionBatchRevisions,
    Duration compactionPause,
    Duration progressInterval,
    boolean strictReconfigCheck,
    int maxLearners,
    MaintenanceConfig maintenance,
    @Nullable PeerSecurity peerSecurity,
    Limits limits,
    FatalHandler fatalHandler,
    Failpoints failpoints) {

  /**
   * Bounds on what may wait in a member. At a bound, calls fail with {@code TOO_MANY_REQUESTS}.
   *
   * @param queuedOperations changes that wait to be proposed
   * @param queuedBytes their encoded size
   * @param applyLag log entries committed and not yet applied, above which no more changes are taken
   * @param waitingReads reads that wait for the leader's confirmation
   * @param readThreads threads for reads that may touch the disk
   * @param queuedReads reads that wait for one of them
   */
  public record Limits(
      int queuedOperations,
      long queuedBytes,
      long applyLag,
      int waitingReads,
      int readThreads,
      int queuedReads) {
    /** For a server with a core or more. */
    public static Limits standard() {
      return new Limits(
          100_000,
          64L << 20,
          5_000,
          200_000,
          Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors())),
          4_096);
    }
  }

  /**
   * How connections between members are secured.
   *
   * @param settings certificates, and whom to trust
   * @param checkCallerAddress whether a member must call from an address that its certificate is for
   */
  public record PeerSecurity(TlsSettings settings, boolean checkCallerAddress) {}

  public RaftConfig {
    Map<String, List<String>> members = new LinkedHashMap<>();
    initialCluster.forEach((member, urls) -> members.put(member, List.copyOf(urls)));
    initialCluster = Map.copyOf(members);
    List<String> own = initialCluster.get(name);
    if (own == null || own.isEmpty()) {
      throw new IllegalArgumentException("member " + name + " is not in the initial cluster "
          + initialCluster.keySet() + " or has no peer URL there");
    }
    initialCluster.forEach((member, urls) -> urls.forEach(RaftConfig::address));
    listenPeerUrls = List.copyOf(listenPeerUrls.isEmpty() ? own : listenPeerUrls);
    listenPeerUrls.forEach(RaftConfig::address);
    requireOneScheme(initialCluster, listenPeerUrls, peerSecurity != null);
    clientUrls = List.copyOf(clientUrls);
    if (electionTimeout.toMillis() < 5 * heartbeatInterval.toMillis()) {
      throw new IllegalArgumentException("the election timeout (" + electionTimeout.toMillis()
          + " ms) must be at least five times the heartbeat interval ("
          + heartbeatInterval.toMillis() + " ms)");
    }
    if (compactionBatchRevisions < 1) {
      throw new IllegalArgumentException(
          "compactionBatchRevisions must be positive: " + compactionBatchRevisions);
    }
    if (logRetention < 1) {
      throw new IllegalArgumentException("logRetention must be positive: " + logRetention);
    }
    if (logSegmentBytes < 4096) {
      throw new IllegalArgumentException("logSegmentBytes out of range: " + logSegmentBytes);
    }
    if (maxRequestBytes < 1024 || maxRequestBytes > 64 << 20) {
      throw new IllegalArgumentException("maxRequestBytes out of range: " + maxRequestBytes);
    }
  }

  /** Members that secure their connections and members that do not cannot talk to each other. */
  private static void requireOneScheme(
      Map<String, List<String>> cluster, List<String> listen, boolean secured) {
    List<String> urls = Stream.concat(cluster.values().stream(), Stream.of(listen))
        .flatMap(List::stream)
        .toList();
    long https = urls.stream().filter(url -> url.startsWith("https:")).count();
    if (https != 0 && https != urls.size()) {
      throw new IllegalArgumentException(
          "peer URLs must be all http or all https, not some of each: " + urls);
    }
    if (https > 0 && !secured) {
      throw new IllegalArgumentException("https peer URLs need a certificate: " + urls);
    }
    if (https == 0 && secured) {
      throw new IllegalArgumentException(
          "connections between members are to be secured, but peer URLs are http: " + urls);
    }
  }

  /** A builder with etcd's defaults, of a cluster of one member until told otherwise. */
  public static Builder builder(Path dataDir, String name) {
    return new Builder(dataDir, name);
  }

  /** This member's id if it is a founder. */
  public long memberId() {
    return memberId(name);
  }

  long memberId(String member) {
    return MemberIds.memberId(initialCluster.getOrDefault(member, List.of()), clusterToken);
  }

  /** The id of the cluster that the initial one founds. */
  public long clusterId() {
    List<Long> ids = new ArrayList<>();
    initialCluster.keySet().forEach(member -> ids.add(memberId(member)));
    return MemberIds.clusterId(ids);
  }

  /** How long a change may take before its caller is told that the outcome is unknown. */
  public Duration requestTimeout() {
    return Duration.ofSeconds(5).plus(electionTimeout.multipliedBy(2));
  }

  /** The shortest lease: one and a half election timeouts, rounded up to whole seconds. */
  public long minLeaseTtlSeconds() {
    long electionTicks = electionTimeout.toMillis() / heartbeatInterval.toMillis();
    long millis = 3 * electionTicks / 2 * heartbeatInterval.toMillis();
    return Math.max(1, (millis + 999) / 1000);
  }

  /** Host and port of a peer URL. */
  static HostPort address(String peerUrl) {
    URI uri = URI.create(peerUrl);
    String scheme = uri.getScheme();
    boolean known = "http".equals(scheme) || "https".equals(scheme);
    if (!known || uri.getHost() == null || uri.getPort() < 0) {
      throw new IllegalArgumentException(
          "not a peer URL of the form http://host:port or https://host:port: " + peerUrl);
    }
    return new HostPort(uri.getHost(), uri.getPort());
  }

  record HostPort(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /** Collects a {@link RaftConfig}. */
  public static final class Builder {
    private final Path dataDir;
    private final String name;
    private Map<String, List<String>> initialCluster;
    private String clusterToken = "etcd-cluster";
    private boolean newCluster = true;
    private List<String> listenPeerUrls = List.of();
    private List<String> clientUrls = List.of();
    private Duration heartbeatInterval = Duration.ofMillis(100);
    private Duration electionTimeout = Duration.ofSeconds(1);
    private long snapshotCount = 10_000;
    private long logRetention = 10_000;
    private long logSegmentBytes = 64L << 20;
    private int maxRequestBytes = 3 << 19;
    private int compactionBatchRevisions = 1000;
    private Duration compactionPause = Duration.ofMillis(10);
    private Duration progressInterval = Duration.ofMinutes(10);
    private boolean strictReconfigCheck = true;
    private int maxLearners = 1;
    private MaintenanceConfig maintenance = MaintenanceConfig.DEFAULT;
    private @Nullable PeerSecurity peerSecurity;
    private Limits limits = Limits.standard();
    private FatalHandler fatalHandler = FatalHandler.halt();
    private Failpoints failpoints = Failpoints.NONE;

    private Builder(Path dataDir, String name) {
      this.dataDir = dataDir;
      this.name = name;
      this.initialCluster = Map.of(name, List.of("http://127.0.0.1:2380"));
    }

    public Builder initialCluster(Map<String, List<String>> value) {
      initialCluster = value;
      return this;
    }

    public Builder clusterToken(String value) {
      clusterToken = value;
      return this;
    }

    public Builder newCluster(boolean value) {
      newCluster = value;
      return this;
    }

    public Builder listenPeerUrls(List<String> value) {
      listenPeerUrls = value;
      return this;
    }

    public Builder clientUrls(List<String> value) {
      clientUrls = value;
      return this;
    }

    public Builder heartbeatInterval(Duration value) {
      heartbeatInterval = value;
      return this;
    }

    public Builder electionTimeout(Duration value) {
      electionTimeout = value;
      return this;
    }

    public Builder snapshotCount(long value) {
      snapshotCount = value;
      return this;
    }

    public Builder logRetention(long value) {
      logRetention = value;
      return this;
    }

    public Builder maxRequestBytes(int value) {
      maxRequestBytes = value;
      return this;
    }

    public Builder logSegmentBytes(long value) {
      logSegmentBytes = value;
      return this;
    }

    public Builder compactionBatchRevisions(int value) {
      compactionBatchRevisions = value;
      return this;
    }

    public Builder compactionPause(Duration value) {
      compactionPause = value;
      return this;
    }

    public Builder progressInterval(Duration value) {
      progressInterval = value;
      return this;
    }

    public Builder strictReconfigCheck(boolean value) {
      strictReconfigCheck = value;
      return this;
    }

    public Builder maxLearners(int value) {
      maxLearners = value;
      return this;
    }

    public Builder maintenance(MaintenanceConfig value) {
      maintenance = value;
      return this;
    }

    public Builder peerSecurity(@Nullable PeerSecurity value) {
      peerSecurity = value;
      return this;
    }

    public Builder limits(Limits value) {
      limits = value;
      return this;
    }

    public Builder fatalHandler(FatalHandler value) {
      fatalHandler = value;
      return this;
    }

    public Builder failpoints(Failpoints value) {
      failpoints = value;
      return this;
    }

    public RaftConfig build() {
      return new RaftConfig(
          dataDir,
          name,
          initialCluster,
          clusterToken,
          newCluster,
          listenPeerUrls,
          clientUrls,
          heartbeatInterval,
          electionTimeout,
          snapshotCount,
          logRetention,
          logSegmentBytes,
          maxRequestBytes,
          compactionBatchRevisions,
          compactionPause,
          progressInterval,
          strictReconfigCheck,
          maxLearners,
          maintenance,
          peerSecurity,
          limits,
          fatalHandler,
          failpoints);
    }
  }
}
