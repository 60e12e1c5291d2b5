package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.Member;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreIdentity;
import dev.kvorum.store.apply.AppliedEntry;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.apply.LogPosition;
import dev.kvorum.store.apply.PublishedMember;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.mvcc.CompactionStep;
import dev.kvorum.store.raft.disk.DataDirectory;
import dev.kvorum.store.raft.disk.LogDoctor;
import dev.kvorum.store.raft.disk.UnusableDataException;
import dev.kvorum.store.watch.WatchHub;
import dev.kvorum.store.watch.WatchLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the parts of a member together, starts and stops them in order, and passes on what Ratis tells.
 *
 * <p>Start: look at the disk, be welcomed by the others if it is empty, open the state, then take part. Stop: take nothing
 * more, let Ratis apply what is committed, then close the state.
 */
final class RaftMember implements KvStateMachine.Listener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RaftMember.class);

  private static final long TICK_MILLIS = 100;
  private static final long HAND_OVER_MILLIS = 1_000;
  private static final int MAX_WAITING_HASHES = 8;

  private final RaftConfig config;
  private final DataDirectory data;
  private final @Nullable PeerTls tls;
  private final FatalOnce fatal;
  private final StoreIdentity identity;
  private final StoreMetrics metrics = new StoreMetrics();
  private final AppliedIndexWaiter appliedIndex = new AppliedIndexWaiter();
  private final Replica replica;
  private final WatchLimits watchLimits;
  private final WatchHub hub;
  private final ReadPool readPool;
  private final Leadership leadership;
  private final LeaseKeeper keeper;
  private final PeerClient peers;
  private final Introduction introduction;
  private final RaftServer server;
  private final RatisDivision raft;
  private final ReadBarrier barrier;
  private final Reads reads;
  private final Proposer proposer;
  private final LeaseService leases;
  private final Compactions compactions;
  private final SpaceQuota quota;
  private final Reclaimer reclaimer;
  private final ReadPool hashThread;
  private final Backups backups;
  private final MemberMaintenance maintenance;
  private final Upkeep upkeep;
  private final SnapshotSender snapshotSender;
  private final SnapshotInstaller installer;
  private final ScheduledExecutorService ticker;
  private final ScheduledExecutorService disk;

  private volatile boolean closing;
  private volatile boolean published;
  private final AtomicBoolean publishing = new AtomicBoolean();

  private RaftMember(
      RaftConfig config,
      DataDirectory data,
      @Nullable PeerTls tls,
      Introduction introduction,
      Replica replica,
      FatalOnce fatal)
      throws IOException {
    this.config = config;
    this.data = data;
    this.tls = tls;
    this.introduction = introduction;
    this.replica = replica;
    this.fatal = fatal;
    String name = MemberIds.hex(config.memberId());
    identity = new StoreIdentity(config.clusterId(), config.memberId(), config.name());
    appliedIndex.advance(replica.applier().appliedIndex());
    readPool = new ReadPool(
        name + "-read", config.limits().readThreads(), config.limits().queuedReads());
    watchLimits = WatchLimits.defaults().withProgressInterval(config.progressInterval());
    hub = new WatchHub(replica, readPool, watchLimits, System::nanoTime);
    leadership = new Leadership(config);
    keeper = new LeaseKeeper(System::nanoTime, config.electionTimeout().toNanos());
    ticker = scheduler(name + "-ticker");
    disk = scheduler(name + "-disk");
    peers = new PeerClient(
        config.clusterId(), config.memberId(), this::addressOf, config.failpoints(), tls);
    snapshotSender = new SnapshotSender(name, replica, metrics, config.failpoints());
    installer = new SnapshotInstaller(name, replica, peers, metrics, config.failpoints());
    server = RatisServer.build(
        config, data, new KvStateMachine(this), peerService(), this::isMember, tls);
    raft = new RatisDivision(server, RatisServer.groupId(config), config.memberId());
    barrier = new ReadBarrier(
        config, raft, new ReadGate(raft, this::confirmTerm), peers, appliedIndex, metrics);
    reads = new Reads(barrier, readPool, replica::applier, () -> closing);
    proposer = new Proposer(
        config,
        raft,
        this::forward,
        appliedIndex,
        leadership::timeoutKind,
        metrics,
        fatal,
        data.incarnation());
    leases = new LeaseService(
        config, raft, barrier, peers, proposer, replica::applier, keeper, metrics, ticker);
    quota = new SpaceQuota(
        config.maintenance().quotaBytes(),
        config.memberId(),
        replica::sizeInUseBytes,
        () -> replica.applier().alarms(),
        alarm -> proposer.submit(new Command.RaiseAlarm(alarm), CallContext.inline()));
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
  }

  static RaftMember start(RaftConfig config) throws IOException, InterruptedException {
    RatisServer.requireDurableVotes();
    DataDirectory data =
        DataDirectory.open(config.dataDir(), config.clusterId(), config.memberId(), config.name());
    FatalOnce fatal = new FatalOnce(config.fatalHandler());
    Replica replica = null;
    RaftMember member = null;
    PeerTls tls = null;
    try {
      RaftConfig.PeerSecurity security = config.peerSecurity();
      if (security != null) {
        tls = PeerTls.open(security);
      }
      if (data.isFresh() && !config.newCluster()) {
        throw new UnusableDataException("data directory " + config.dataDir()
            + " is empty and the initial cluster state is \"existing\". A member that lost its data cannot come back"
            + " under its old identity: bring its data directory back, or remove it (etcdctl member remove "
            + MemberIds.hex(config.memberId())
            + ") and add it again. This version cannot yet join members to a"
            + " running cluster.");
      }
      Introduction introduction = new Introduction(config, data, tls);
      if (introduction.isNeeded()) {
        introduction.beforeFirstStart();
      }
      new LogDoctor(RatisSettings.maxEntryBytes(config)).examine(data.raft());
      replica = new Replica(config, data, fatal);
      replica.open();
      member = new RaftMember(config, data, tls, introduction, replica, fatal);
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
        data.close();
      }
      throw e;
    }
  }

  private void run() throws IOException, InterruptedException {
    new LogDoctor(RatisSettings.maxEntryBytes(config))
        .dropCovered(data.raft(), replica.persisted().index());
    upkeep.beforeTakingPart(config.requestTimeout());
    RatisServer.start(config, data, server);
    proposer.start();
    compactions.start();
    every(TICK_MILLIS, this::tick);
    every(500, peers::retryFailedConnections);
    every(500, this::endExpiredLeases);
    every(500, this::publish);
    every(
        2_000,
        () -> introduction.goOn(peers, reason -> fatal.fatal(reason, new IOException(reason))));
    every(300_000, leases::checkpoint);
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

  private void tick() {
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

  private void flush() {
    try {
      replica.flushIfDue();
    } catch (RuntimeException e) {
      fatal.fatal("the state could not be written to disk", e);
    }
  }

  /** Tells the cluster this member's name and where its clients reach it, until that is applied. */
  private void publish() {
    if (published || raft.leaderId() == 0 || !publishing.compareAndSet(false, true)) {
      return;
    }
    Member self = new Member(
        identity.memberId(),
        config.name(),
        config.initialCluster().getOrDefault(config.name(), List.of()),
        config.clientUrls(),
        false);
    Futures.onDone(
        proposer.submit(new Command.PublishMember(self, data.incarnation()), CallContext.inline()),
        (revision, failure) -> {
          published = failure == null;
          publishing.set(false);
        });
  }

  // ---- peers ----

  private PeerService peerService() {
    return new PeerService()
        .on(
            PeerMethod.CONFIRM_TERM,
            (caller, request) -> CompletableFuture.completedFuture(
                new byte[] {(byte) (raft.term() == PeerWire.number(request) ? 1 : 0)}))
        .on(
            PeerMethod.READ_INDEX,
            (caller, request) ->
                ready() ? barrier.indexForOther().thenApply(PeerWire::number) : refused())
        .on(
            PeerMethod.PROPOSE,
            (caller, request) -> ready() ? proposer.acceptForwarded(caller, request) : refused())
        .on(
            PeerMethod.RENEW_LEASE,
            (caller, request) -> ready() ? leases.renewHere(PeerWire.number(request)) : refused())
        .on(
            PeerMethod.LEASE_TIME_TO_LIVE,
            (caller, request) ->
                ready() ? leases.remainingHere(PeerWire.number(request)) : refused())
        .on(PeerMethod.HELLO, introduction.handler(disk))
        .on(PeerMethod.HASH, Upkeep.handler(() -> maintenance))
        .onStream(
            PeerMethod.SNAPSHOT, (caller, request, call) -> snapshotSender.handle(caller, call));
  }

  private Collection<Long> others() {
    return raft.peers().stream()
        .map(peer -> MemberIds.memberId(peer.getId()))
        .filter(id -> id != identity.memberId())
        .toList();
  }

  private boolean ready() {
    return !closing && raft.isLeaderReady();
  }

  private static CompletableFuture<byte[]> refused() {
    return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.NOT_LEADER));
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

  private Optional<RaftConfig.HostPort> addressOf(long id) {
    return raft.addressOf(id);
  }

  private boolean isMember(long id) {
    return raft.isMember(id);
  }

  // ---- from Ratis ----

  @Override
  public void opening() {
    // Open since before Ratis was built, so that reads and watches need not ask whether it is.
  }

  @Override
  public LocalState state() {
    return replica.state();
  }

  @Override
  public void applied(
      List<CommandBatch> batches, AppliedEntry entry, int encodedBytes, long nanos) {
    metrics.entriesApplied.increment();
    metrics.appliedBytes.add(encodedBytes);
    metrics.applyNanos.add(nanos);
    replica.applied(encodedBytes);
    hub.publish(entry.revision(), entry.events());
    keeper.applied(batches, entry);
    quota.applied(entry.events());
    Completions completions = new Completions();
    proposer.onApplied(entry, completions);
    if (batches.stream().anyMatch(RaftMember::compacts)) {
      compactions.request();
    }
    appliedIndex.advance(entry.index());
    completions.run();
  }

  private static boolean compacts(CommandBatch batch) {
    return batch.commands().stream().anyMatch(Command.Compact.class::isInstance);
  }

  @Override
  public void passed(long term, long index) {
    appliedIndex.advance(index);
  }

  @Override
  public LogPosition persisted() {
    return replica.persisted();
  }

  @Override
  public long offerSnapshot() {
    return replica.offerSnapshot();
  }

  @Override
  public CompletableFuture<@Nullable TermIndex> installSnapshot(long leader, long firstIndexInLog) {
    return installer.install(leader, firstIndexInLog);
  }

  @Override
  public void adoptSnapshot() throws IOException {
    replica.adopt();
    hub.reset(replica.applier().lastRevision());
    appliedIndex.advance(replica.applier().appliedIndex());
    compactions.request();
  }

  @Override
  public void leaderChanged(long leader) {
    metrics.leaderChanges.increment();
    leadership.observe(leader);
    proposer.leaderChanged();
    barrier.leaderChanged();
  }

  @Override
  public void leaderReady() {
    keeper.lead(raft.term(), replica.applier().leases().all());
    proposer.leaderChanged();
    barrier.leaderChanged();
  }

  @Override
  public void notLeader() {
    keeper.stopLeading();
  }

  @Override
  public void closed() {
    if (!closing) {
      fatal.fatal("Ratis has stopped", new IllegalStateException("closed without being asked to"));
    }
  }

  @Override
  public void fatal(String what, Throwable cause) {
    fatal.fatal(what, cause);
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

  WatchHub hub() {
    return hub;
  }

  /** The members as Raft knows them, with what they have said about themselves. */
  List<Member> members(Applier applier) {
    Map<Long, PublishedMember> known = applier.members();
    List<Member> members = new ArrayList<>();
    for (RaftPeer peer : raft.peers()) {
      long id = MemberIds.memberId(peer.getId());
      PublishedMember said = known.get(id);
      members.add(new Member(
          id,
          said == null ? "" : said.member().name(),
          said == null
              ? List.of((tls == null ? "http://" : "https://") + peer.getAddress())
              : said.member().peerUrls(),
          said == null ? List.of() : said.member().clientUrls(),
          !raft.voters().current().contains(id)));
    }
    members.sort(Comparator.comparing(Member::id, Long::compareUnsigned));
    return members;
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
