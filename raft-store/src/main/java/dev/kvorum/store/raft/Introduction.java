package dev.kvorum.store.raft;

import dev.kvorum.store.raft.disk.DataDirectory;
import dev.kvorum.store.raft.disk.UnusableDataException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members tell each other which disk they use, and remember it.
 *
 * <p>Raft relies on a member never forgetting a vote or an entry that it acknowledged. A member whose disk was emptied or
 * replaced has forgotten both, and looks just like one that is new. So a member with an empty data directory, in a cluster
 * of several, asks the others before it takes part: it goes on when a majority, itself included, has answered and nobody
 * knows it with another disk. Meanwhile it answers the same question on its peer port, so that a new cluster's members
 * find each other. Later every member makes itself known to all others in the background.
 */
final class Introduction {
  private static final Logger LOG = LoggerFactory.getLogger(Introduction.class);

  private static final byte WELCOME = 1;
  private static final byte OTHER_DISK = 2;
  private static final long ASK_TIMEOUT_MILLIS = 1000;
  private static final long ASK_INTERVAL_MILLIS = 250;
  private static final long REPORT_NANOS = 5_000_000_000L;

  /** For how long a majority waits for the rest, who may know better. */
  private static final long GRACE_NANOS = 1_000_000_000L;

  private final RaftConfig config;
  private final DataDirectory data;
  private final @Nullable PeerTls tls;
  private final Map<Long, String> others; // names by id
  private final Set<Long> welcomedBy = ConcurrentHashMap.newKeySet();
  private volatile boolean removed;

  Introduction(RaftConfig config, DataDirectory data, @Nullable PeerTls tls) {
    this.config = config;
    this.data = data;
    this.tls = tls;
    this.others = new TreeMap<>(Long::compareUnsigned);
    for (String name : config.initialCluster().keySet()) {
      others.put(config.memberId(name), name);
    }
    others.remove(data.identity().memberId());
  }

  /**
   * Answers {@link PeerMethod#HELLO}. Writes to disk, hence the executor.
   *
   * @param known the disk that the cluster knows a member with; empty if none
   */
  PeerService.Handler handler(Executor disk, LongFunction<String> known) {
    return (caller, request) -> CompletableFuture.supplyAsync(
        () -> {
          String callersDisk = PeerWire.read(request, in -> in.readUTF());
          try {
            String byTheLog = known.apply(caller);
            boolean welcome = (byTheLog.isEmpty() || byTheLog.equals(callersDisk))
                && data.disks().register(caller, callersDisk);
            if (!welcome) {
              LOG.error(
                  "member {} has come with another disk than before and was refused",
                  MemberIds.hex(caller));
            }
            return PeerWire.write(out -> {
              out.writeByte(welcome ? WELCOME : OTHER_DISK);
              out.writeUTF(data.identity().diskId());
            });
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        disk);
  }

  /** Whether {@link #beforeFirstStart} is called for. */
  boolean isNeeded() {
    return data.isFresh() && !data.identity().joined() && !others.isEmpty();
  }

  /**
   * Waits until a majority welcomes this member. Listens on the peer port meanwhile and leaves it free again.
   *
   * @throws UnusableDataException if it was a member before, with another disk
   */
  void beforeFirstStart() throws IOException, InterruptedException {
    int needed = (others.size() + 1) / 2 + 1;
    try (PeerClient peers = new PeerClient(
        data.identity().clusterId(),
        data.identity().memberId(),
        this::initialAddress,
        config.failpoints(),
        tls)) {
      Server server = listen();
      try {
        ask(peers, needed);
      } finally {
        server.shutdownNow();
        server.awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }

  private void ask(PeerClient peers, int needed) throws IOException, InterruptedException {
    long reported = System.nanoTime();
    long majoritySince = 0;
    boolean majority = false;
    while (true) {
      peers.retryFailedConnections();
      for (CompletableFuture<Boolean> answer : askAll(peers)) {
        if (!answer.join()) {
          throw new UnusableDataException(refusal());
        }
      }
      if (removed) {
        throw new UnusableDataException(
            Departure.reason(config.name(), data.identity().memberId()));
      }
      long now = System.nanoTime();
      if (welcomedBy.size() == others.size()) {
        return;
      }
      if (welcomedBy.size() + 1 >= needed) {
        if (!majority) {
          majority = true;
          majoritySince = now;
        } else if (now - majoritySince > GRACE_NANOS) {
          return;
        }
      } else if (now - reported > REPORT_NANOS) {
        reported = now;
        LOG.info(
            "this member's data directory is empty; waiting for {} of {} members, answered: {}, missing: {}",
            needed,
            others.size() + 1,
            welcomedBy.size() + 1,
            missing());
      }
      Thread.sleep(ASK_INTERVAL_MILLIS);
    }
  }

  private Set<String> missing() {
    Set<String> names = new HashSet<>();
    others.forEach((id, name) -> {
      if (!welcomedBy.contains(id)) {
        names.add(name);
      }
    });
    return names;
  }

  private Iterable<CompletableFuture<Boolean>> askAll(PeerClient peers) {
    Set<CompletableFuture<Boolean>> answers = new HashSet<>();
    for (long member : others.keySet()) {
      if (!welcomedBy.contains(member)) {
        answers.add(ask(peers, member).exceptionally(failure -> {
          if (PeerGuard.saysRemoved(failure.getCause())) {
            removed = true;
          }
          LOG.debug("no answer from {}", MemberIds.hex(member), failure);
          return true;
        }));
      }
    }
    return answers;
  }

  /** Introduces this member to one other. Completes with false if that one knows it with another disk. */
  CompletableFuture<Boolean> ask(PeerClient peers, long member) {
    byte[] hello = PeerWire.write(out -> out.writeUTF(data.identity().diskId()));
    return peers.call(member, PeerMethod.HELLO, hello, ASK_TIMEOUT_MILLIS).thenApply(answer -> {
      byte verdict = PeerWire.read(answer, in -> in.readByte());
      if (verdict == WELCOME) {
        welcomedBy.add(member);
      }
      return verdict == WELCOME;
    });
  }

  /**
   * Introduces this member to others; to be called now and then while it runs.
   *
   * @param members whom to
   * @param again whether also to those who have answered before
   * @param refused told why, if one knows it with another disk: it must stop
   * @param gone run if one says that it was removed
   */
  void goOn(
      PeerClient peers, Set<Long> members, boolean again, Consumer<String> refused, Runnable gone) {
    for (long member : members) {
      if (again || !welcomedBy.contains(member)) {
        Futures.onDone(ask(peers, member), (welcome, failure) -> {
          if (PeerGuard.saysRemoved(failure)) {
            gone.run();
          } else if (welcome != null && !welcome) {
            refused.accept(refusal());
          }
        });
      }
    }
  }

  /** What to tell an operator whose member was known with another disk. */
  String refusal() {
    String id = MemberIds.hex(data.identity().memberId());
    return "member " + config.name() + " (" + id
        + ") has been part of this cluster with another data directory; its disk is empty or replaced."
        + " Remove it (etcdctl member remove " + id + ") and add it again,"
        + " with an empty data directory and the initial cluster state \"existing\"";
  }

  private Server listen() throws IOException {
    NettyServerBuilder builder = null;
    for (String url : config.listenPeerUrls()) {
      RaftConfig.HostPort address = RaftConfig.address(url);
      InetSocketAddress socket = new InetSocketAddress(address.host(), address.port());
      builder = builder == null
          ? NettyServerBuilder.forAddress(socket)
          : builder.addListenAddress(socket);
    }
    if (builder == null) {
      throw new IllegalArgumentException("no peer URL to listen on");
    }
    if (tls != null) {
      builder.protocolNegotiator(tls.negotiator());
    }
    return builder
        .addService(new PeerService()
            .on(
                PeerMethod.HELLO,
                handler(Runnable::run, member -> "")) // gRPC's own threads: nothing else runs yet
            .definition())
        .intercept(new PeerGuard(
            data.identity().clusterId(),
            data.identity().memberId(),
            id -> others.containsKey(id) ? Roster.Standing.MEMBER : Roster.Standing.STRANGER))
        .build()
        .start();
  }

  private Optional<RaftConfig.HostPort> initialAddress(long member) {
    @Nullable String name = others.get(member);
    return name == null
        ? Optional.empty()
        : Optional.ofNullable(config.initialCluster().get(name))
            .map(urls -> RaftConfig.address(urls.get(0)));
  }
}
