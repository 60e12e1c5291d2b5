package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.Caller;
import dev.kvorum.store.DurationHistogram;
import dev.kvorum.store.Member;
import dev.kvorum.store.StoreIdentity;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.cluster.ClusterMember;
import dev.kvorum.store.cluster.ClusterView;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.Command.MembershipChange.IntroduceMember;
import dev.kvorum.store.identity.Passwords;
import dev.kvorum.store.identity.SimpleTokens;
import dev.kvorum.store.identity.Tokens;
import dev.kvorum.store.mvcc.CompactionStep;
import dev.kvorum.store.raft.disk.DataDirectory;
import dev.kvorum.store.raft.disk.LogDoctor;
import dev.kvorum.store.watch.WatchHub;
import dev.kvorum.store.watch.WatchLimits;
import java.io.IOException;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the parts of a member together, starts and stops them in order, and passes on what Ratis tells.
 *
 * <p>Start: look at the disk, be welcomed by the others if it is empty, open the state, then take part. Stop: take nothing
 * more, let Ratis apply what is committed, then close the state.
 */
final class RaftMember implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RaftMember.class);

  private static final long TICK_MILLIS = 100;
  /** How long a watcher may go on seeing what its user may not any more, at most, beside what applying lags behind. */
  private static final long RECHECK_MILLIS = 200;

  private static final long HAND_OVER_MILLIS = 1_000;
  private static final int MAX_WAITING_HASHES = 8;

  private final RaftConfig config;
  private final DataDirectory data;
  private final @Nullable PeerTls tls;
  private final FatalOnce fatal;
  private final StoreIdentity identity;
  private final StoreMetrics metrics = new StoreMetrics();
  private final DurationHistogram logSyncs;
  private final AppliedIndexWaiter appliedIndex = new AppliedIndexWaiter();
  private final Replica replica;
  private final WatchLimits watchLimits;
  private final WatchHub hub;
  private final ReadPool readPool;
  private final Leadership leadership;
  private final LeaseKeeper keeper;
  private final PeerClient peers;
  private final Introduction introduction;
  private final Roster roster;
  private final Departure departure;
  private final RaftServer server;
  private final RatisDivision raft;
  private final ReadBarrier barrier;
  private final Reads reads;
  private final Tokens tokens;
  private final TokenFollower tokenFollower;
  private final Passwords passwords;
  private final Admission admission;
  private final WatchGuard watchGuard;
  private final Proposer proposer;
  private final LeaseService leases;
  private final ReconfigurationGuard guard;
  private final ConfigurationKeeper configurationKeeper;
  private final ClusterService cluster;
  private final Compactions compactions;
  private final SpaceQuota quota;
  private final Reclaimer reclaimer;
  private final ReadPool hashThread;
  private final Backups backups;
  private final MemberMaintenance maintenance;
  private final Upkeep upkeep;
  private final Publication publication;
  private final MemberList memberList;
  private final SnapshotSender snapshotSender;
  private final SnapshotInstaller installer;
  private final ScheduledExecutorService ticker;
  private final ScheduledExecutorService disk;

  private volatile boolean closing;
  private volatile @Nullable ClusterView addressesOf;

  private RaftMember(
      RaftConfig config,
      DataDirectory data,
      @Nullable PeerTls tls,
      Introduction introduction,
      Replica replica,
      Joining.@Nullable Welcome welcome,
      FatalOnce fatal)
      throws IOException {
    this.config = config;
    this.data = data;
    this.tls = tls;
    this.introduction = introduction;
    this.replica = replica;
    this.fatal = fatal;
    long self = data.identity().memberId();
    String name = MemberIds.hex(self);
    identity = new StoreIdentity(data.identity().clusterId(), self, config.name());
    appliedIndex.advance(replica.applier().appliedIndex());
    readPool = new ReadPool(
        name + "-read", config.limits().readThreads(), config.limits().queuedReads());
    watchLimits = WatchLimits.defaults().withProgressInterval(config.progressInterval());
    hub = new WatchHub(replica, readPool, watchLimits, System::nanoTime);
    leadership = new Leadership(config);
    keeper = new LeaseKeeper(System::nanoTime, config.electionTimeout().toNanos());
    ticker = scheduler(name + "-ticker");
    disk = scheduler(name + "-disk");
    roster = new Roster(
        () -> replica.applier().cluster(), this::configuration, toldAtStart(config, welcome));
    departure = new Departure(
        self, config.name(), () -> replica.applier().cluster(), this::configuration, fatal, ticker);
    peers = new PeerClient(identity.clusterId(), self, roster::address, config.failpoints(), tls);
    snapshotSender = new SnapshotSender(name, replica, metrics, config.failpoints());
    installer = new SnapshotInstaller(name, replica, peers, metrics, config.failpoints());
    logSyncs = LogSyncTimes.of(RatisServer.memberId(data));
    server = RatisServer.build(
        config,
        data,
        new KvStateMachine(new RatisEvents(this)),
        PeerHandlers.of(this, disk),
        roster::standing,
        beginnings(config, data, replica, welcome),
        tls);
    raft = new RatisDivision(server, RatisServer.groupId(data), self);
    barrier = new ReadBarrier(
        config, raft, new ReadGate(raft, this::confirmTerm), peers, appliedIndex, metrics);
    reads = new Reads(barrier, readPool, replica::applier, () -> closing);
    tokens = Tokens.of(config.auth(), System::nanoTime);
    tokenFollower = new TokenFollower(tokens, System::currentTimeMillis);
    passwords = new Passwords(config.auth(), name + "-passwords");
    admission = new Admission(replica::applier, barrier, tokens, passwords);
    watchGuard = new WatchGuard(hub, admission, replica::applier);
    proposer = new Proposer(
        config,
        raft,
        this::forward,
        appliedIndex,
        leadership::timeoutKind,
        admission::sign,
        metrics,
        fatal,
        data.incarnation());
    leases = new LeaseService(
        config, raft, barrier, peers, proposer, replica::applier, keeper, metrics, ticker);
    guard = new ReconfigurationGuard(config, raft, replica::applier);
    memberList = new MemberList(config, tls != null, this::configuration);
    configurationKeeper = new ConfigurationKeeper(
        raft,
        replica::applier,
        proposer,
        roster,
        member -> introduction.ask(peers, member),
        memberList::founder,
        config.failpoints());
    cluster = new ClusterService(
        config,
        raft,
        peers,
        proposer,
        guard,
        departure,
        () -> replica.applier().cluster(),
        () -> memberList.of(replica.applier()),
        ticker,
        Clock.systemUTC());
    quota = new SpaceQuota(
        config.maintenance().quotaBytes(),
        self,
        replica::sizeInUseBytes,
        () -> replica.applier().alarms(),
        alarm ->
            proposer.submit(new Command.RaiseAlarm(alarm), CallContext.inline().by(Caller.MEMBER)));
    reclaimer = new Reclaimer(
        name, () -> replica.state().engine(), () -> replica.applier().retainedBytes());
    hashThread = new ReadPool(name + "-hash", 1, MAX_WAITING_HASHES);
    backups = new Backups(name, config, replica);
    maintenance = new MemberMaintenance(
        proposer,
        reads,
        new Reads(barrier, hashThread, replica::applier, () -> closing),
        reclaimer,
        backups);
    upkeep = new Upkeep(
        config.maintenance(),
        identity.memberId(),
        this::others,
        maintenance,
        peers,
        raft::isLeaderReady,
        () -> replica.applier().lastRevision(),
        () -> replica.applier().compactRevision(),
        revision -> proposer.submit(new Command.Compact(revision), CallContext.inline()));
    compactions = new Compactions(
        name,
        this::compactStep,
        config.compactionBatchRevisions(),
        config.compactionPause(),
        fatal);
    publication = new Publication(
        new IntroduceMember(
            new Member(
                self,
                config.name(),
                config.initialCluster().getOrDefault(config.name(), List.of()),
                config.clientUrls(),
                false),
            data.incarnation(),
            data.identity().diskId()),
        proposer,
        () -> raft.leaderId() != 0 && configuration().contains(self),
        () -> replica.applier().members().get(self),
        refusal -> fatal.fatal(introduction.refusal(), refusal));
  }

  static RaftMember start(RaftConfig config) throws IOException, InterruptedException {
    RatisServer.requireDurableVotes();
    RaftConfig.PeerSecurity security = config.peerSecurity();
    PeerTls tls = security == null ? null : PeerTls.open(security);
    Ownership ownership = new Ownership(config, tls);
    FatalOnce fatal = new FatalOnce(config.fatalHandler());
    DataDirectory data = null;
    Replica replica = null;
    RaftMember member = null;
    try {
      data = DataDirectory.open(config.dataDir(), ownership);
      Introduction introduction = new Introduction(config, data, tls);
      if (introduction.isNeeded()) {
        introduction.beforeFirstStart();
      }
      new LogDoctor(RatisSettings.maxEntryBytes(config)).examine(data.raft());
      replica = new Replica(config, data, fatal);
      replica.open();
      Joining.Welcome welcome = ownership.welcome(data, replica.applier().cluster());
      member = new RaftMember(config, data, tls, introduction, replica, welcome, fatal);
      member.run();
      return member;
    } catch (IOException | InterruptedException | RuntimeException e) {
      if (member != null) {
        member.close();
      } else {
        if (replica != null) {
          replica.close();
        }
        if (tls != null) {
          tls.close();
        }
        if (data != null) {
          data.close();
        }
      }
      throw e;
    }
  }

  private void run() throws IOException, InterruptedException {
    new LogDoctor(RatisSettings.maxEntryBytes(config))
        .dropCovered(data.raft(), replica.persisted().index());
    followMoves();
    upkeep.beforeTakingPart(config.requestTimeout());
    RatisServer.start(config, data, server);
    proposer.start();
    compactions.start();
    every(TICK_MILLIS, this::tick);
    every(500, peers::retryFailedConnections);
    every(500, this::endExpiredLeases);
    every(50, publication::tick);
    every(100, configurationKeeper::tick);
    every(500, departure::check);
    every(2_000, this::introduce);
    every(300_000, leases::checkpoint);
    every(RECHECK_MILLIS, watchGuard::tick);
    every(1_000, this::sweepTokens);
    every(60_000, backups::closeIdle);
    upkeep.start(this::every);
    every(watchLimits.tickInterval().toMillis(), hub::tick);
    var unused =
        disk.scheduleWithFixedDelay(this::flush, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    LOG.info(
        "member {} ({}) of cluster {} takes part, start {}",
        config.name(),
        MemberIds.hex(identity.memberId()),
        MemberIds.hex(identity.clusterId()),
        data.incarnation());
  }

  private void every(long millis, Runnable task) {
    var unused = ticker.scheduleWithFixedDelay(
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            LOG.error("a periodic task failed; it goes on", e);
          }
        },
        millis,
        millis,
        TimeUnit.MILLISECONDS);
  }

  private static ScheduledExecutorService scheduler(String name) {
    return Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    });
  }

  /** Makes this member known to the others, and asks them what became of it if it has lost them. */
  void introduce() {
    boolean astray = departure.isRemoved()
        || leadership.leaderlessMillis() > 2 * config.electionTimeout().toMillis();
    introduction.goOn(
        peers,
        roster.others(identity.memberId()),
        astray,
        reason -> fatal.fatal(reason, new IOException(reason)),
        departure::leave);
  }

  /** Connections go to where members are now. */
  private void followMoves() {
    ClusterView view = replica.applier().cluster();
    if (!view.equals(addressesOf)) {
      addressesOf = view;
      for (ClusterMember member : view.members().values()) {
        if (member.id() != identity.memberId()) {
          PeerUrls.address(member.peerUrls())
              .ifPresent(address -> raft.relocate(member.id(), address));
        }
      }
    }
  }

  private void tick() {
    followMoves();
    if (leadership.observe(raft.leaderId())) {
      proposer.leaderChanged();
      barrier.leaderChanged();
    }
    proposer.sweep();
    barrier.sweep();
    quota.measure();
  }

  private CompactionStep compactStep(int mostRevisions) {
    CompactionStep reached = replica.applier().compactStep(mostRevisions);
    if (reached.finished()) {
      reclaimer.requestIfWorthwhile();
    }
    return reached;
  }

  private void endExpiredLeases() {
    if (raft.isLeaderReady()) {
      leases.endExpired();
    }
  }

  private void sweepTokens() {
    if (tokens instanceof SimpleTokens simple) {
      simple.sweep();
    }
  }

  private void flush() {
    try {
      replica.flushIfDue();
    } catch (RuntimeException e) {
      fatal.fatal("the state could not be written to disk", e);
    }
  }

  private RatisDivision.Configuration configuration() {
    return raft.configuration();
  }

  private static Map<Long, List<String>> toldAtStart(
      RaftConfig config, Joining.@Nullable Welcome welcome) {
    if (welcome != null) {
      return welcome.members();
    }
    Map<Long, List<String>> founders = new HashMap<>();
    for (String name : config.initialCluster().keySet()) {
      founders.put(config.memberId(name), config.initialCluster().getOrDefault(name, List.of()));
    }
    return founders;
  }

  private static List<RaftPeer> beginnings(
      RaftConfig config, DataDirectory data, Replica replica, Joining.@Nullable Welcome welcome) {
    long self = data.identity().memberId();
    ClusterView table = replica.applier().cluster();
    ClusterMember known = table.members().get(self);
    if (!data.identity().joined()) {
      // Flags only say how a directory begins: by now they may name other addresses, and so other
      // ids.
      return known == null ? RatisServer.founders(config) : RatisServer.voters(table);
    }
    boolean learner = known != null ? known.learner() : welcome != null && welcome.learner();
    return RatisServer.joiner(config, self, learner);
  }

  // ---- peers ----

  /** The other members' ids. */
  Collection<Long> others() {
    return roster.others(identity.memberId());
  }

  private CompletableFuture<Boolean> confirmTerm(long voter, long term) {
    return peers
        .call(
            voter,
            PeerMethod.CONFIRM_TERM,
            PeerWire.number(term),
            config.electionTimeout().toMillis())
        .thenApply(answer -> answer.length == 1 && answer[0] == 1);
  }

  private CompletableFuture<?> forward(long leader, byte[] batch) {
    return peers.call(leader, PeerMethod.PROPOSE, batch, config.requestTimeout().toMillis());
  }

  /** The disk that the cluster knows a member with; empty if none. */
  String knownDisk(long id) {
    ClusterMember member = replica.applier().cluster().members().get(id);
    return member == null ? "" : member.disk();
  }

  // ---- parts ----

  RaftConfig config() {
    return config;
  }

  StoreIdentity identity() {
    return identity;
  }

  StoreMetrics metrics() {
    return metrics;
  }

  DurationHistogram logSyncs() {
    return logSyncs;
  }

  PeerClient peers() {
    return peers;
  }

  Replica replica() {
    return replica;
  }

  Applier applier() {
    return replica.applier();
  }

  RaftServer server() {
    return server;
  }

  RatisDivision raft() {
    return raft;
  }

  Reads reads() {
    return reads;
  }

  Admission admission() {
    return admission;
  }

  WatchGuard watchGuard() {
    return watchGuard;
  }

  Tokens tokens() {
    return tokens;
  }

  Passwords passwords() {
    return passwords;
  }

  Proposer proposer() {
    return proposer;
  }

  LeaseService leases() {
    return leases;
  }

  Leadership leadership() {
    return leadership;
  }

  Compactions compactions() {
    return compactions;
  }

  SpaceQuota quota() {
    return quota;
  }

  MemberMaintenance maintenance() {
    return maintenance;
  }

  ReadBarrier barrier() {
    return barrier;
  }

  LeaseKeeper keeper() {
    return keeper;
  }

  TokenFollower tokenFollower() {
    return tokenFollower;
  }

  AppliedIndexWaiter appliedIndex() {
    return appliedIndex;
  }

  SnapshotInstaller installer() {
    return installer;
  }

  SnapshotSender snapshotSender() {
    return snapshotSender;
  }

  Departure departure() {
    return departure;
  }

  Roster roster() {
    return roster;
  }

  Introduction introduction() {
    return introduction;
  }

  ReconfigurationGuard guard() {
    return guard;
  }

  Publication publication() {
    return publication;
  }

  MemberList memberList() {
    return memberList;
  }

  FatalHandler fatalHandler() {
    return fatal;
  }

  boolean isClosing() {
    return closing;
  }

  WatchHub hub() {
    return hub;
  }

  /** Whether this member replicates without voting. */
  boolean isLearner() {
    ClusterMember self = replica.applier().cluster().members().get(identity.memberId());
    return self != null && self.learner();
  }

  ClusterService cluster() {
    return cluster;
  }

  @Override
  public synchronized void close() {
    if (closing) {
      return;
    }
    closing = true;
    ticker.shutdownNow();
    proposer.close();
    handOver();
    fatal.closing();
    barrier.close();
    hub.close();
    compactions.close();
    reclaimer.close();
    hashThread.close();
    backups.close();
    installer.close();
    snapshotSender.close();
    try {
      server.close();
    } catch (IOException | RuntimeException e) {
      LOG.warn("Ratis could not be closed in order", e);
    }
    passwords.close();
    peers.close();
    if (tls != null) {
      tls.close();
    }
    stop(disk);
    readPool.close();
    replica.close();
    try {
      data.close();
    } catch (IOException e) {
      LOG.warn("the data directory could not be released", e);
    }
  }

  private void handOver() {
    try {
      raft.handOver(HAND_OVER_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.info("leadership was not handed over", e); // Ratis may not even have started
    }
  }

  private static void stop(ScheduledExecutorService executor) {
    executor.shutdown();
    try {
      if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("the disk thread did not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
