package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import dev.kvorum.store.cluster.ClusterMember;
import dev.kvorum.store.cluster.ClusterView;
import dev.kvorum.store.command.Command.MembershipChange.AdmitMember;
import dev.kvorum.store.raft.disk.UnusableDataException;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the process of a member that was added learns who it is: it asks the others, who put the question into the log.
 *
 * <p>The log answers once: the member with these peer URLs gets the disk that asked first, and no other one ever. So a
 * disk that was emptied is not taken for the one that it was, and a process that was not added is not let in.
 */
final class Joining {
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

  private static final long ASK_MILLIS = 8_000;
  private static final long PAUSE_MILLIS = 250;
  private static final long REPORT_NANOS = 5_000_000_000L;
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  /**
   * What the cluster says to a process that asks.
   *
   * @param memberId the asker's
   * @param learner whether it begins without a vote
   * @param members peer URLs by id, of all members
   */
  record Welcome(long clusterId, long memberId, boolean learner, Map<Long, List<String>> members) {
    Welcome {
      members = Map.copyOf(members);
    }
  }

  private final RaftConfig config;
  private final String disk;
  private final @Nullable PeerTls tls;

  Joining(RaftConfig config, String disk, @Nullable PeerTls tls) {
    this.config = config;
    this.disk = disk;
    this.tls = tls;
  }

  /**
   * Asks until somebody answers.
   *
   * @throws UnusableDataException if this process is not to take part, or nobody answers for a minute
   */
  Welcome ask() throws IOException, InterruptedException {
    Map<Long, RaftConfig.HostPort> others = others();
    byte[] question = PeerWire.write(out -> {
      List<String> own = own();
      out.writeShort(own.size());
      for (String url : own) {
        out.writeUTF(url);
      }
      out.writeUTF(disk);
    });
    long start = System.nanoTime();
    long reported = start;
    try (PeerClient peers = new PeerClient(
        0, 0, id -> java.util.Optional.ofNullable(others.get(id)), config.failpoints(), tls)) {
      while (true) {
        for (long other : others.keySet()) {
          try {
            byte[] answer =
                peers.call(other, PeerMethod.JOIN, question, ASK_MILLIS).join();
            Welcome welcome = decode(answer);
            checkInitialCluster(welcome);
            return welcome;
          } catch (CompletionException e) {
            refuseIfFinal(e.getCause());
            LOG.debug("no answer from {}", others.get(other), e);
          }
        }
        long now = System.nanoTime();
        if (now - start > PATIENCE_NANOS) {
          throw new UnusableDataException(
              "none of the members " + others.values() + " could say whether this one was added to"
                  + " the cluster; check --initial-cluster, and that a majority of the members runs");
        }
        if (now - reported > REPORT_NANOS) {
          reported = now;
          LOG.info("waiting for one of {} to say who this member is", others.values());
        }
        peers.retryFailedConnections();
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
      }
    }
  }

  private List<String> own() {
    return config.initialCluster().getOrDefault(config.name(), List.of());
  }

  private Map<Long, RaftConfig.HostPort> others() throws UnusableDataException {
    Map<Long, RaftConfig.HostPort> others = new LinkedHashMap<>();
    List<String> names = config.initialCluster().keySet().stream()
        .filter(name -> !name.equals(config.name()))
        .sorted()
        .toList();
    for (String name : names) {
      PeerUrls.address(config.initialCluster().getOrDefault(name, List.of()))
          .ifPresent(address -> others.put(others.size() + 1L, address));
    }
    if (others.isEmpty()) {
      throw new UnusableDataException("the initial cluster state is \"existing\", data directory "
          + config.dataDir() + " is empty, and --initial-cluster names no other member to ask");
    }
    return others;
  }

  private void refuseIfFinal(@Nullable Throwable failure) throws UnusableDataException {
    if (!(failure instanceof StoreException refusal)) {
      return;
    }
    switch (refusal.kind()) {
      case MEMBER_NOT_FOUND ->
        throw new UnusableDataException("no member with the peer URLs " + own()
            + " was added to this cluster. Add it first: etcdctl member add " + config.name()
            + " --peer-urls=" + String.join(",", own()));
      case MEMBER_EXISTS ->
        throw new UnusableDataException("member " + config.name() + " with the peer URLs " + own()
            + " has been part of this cluster with another data directory; its disk is empty or"
            + " replaced. Bring its data directory back, or remove the member (etcdctl member remove)"
            + " and add it again, with an empty data directory");
      default -> {}
    }
  }

  /** As etcd: a list that does not fit the cluster says that somebody is mistaken about one of them. */
  private void checkInitialCluster(Welcome welcome) throws UnusableDataException {
    Comparator<Set<String>> any = Comparator.comparing(Object::toString);
    Function<List<String>, Set<String>> asSet = HashSet::new;
    List<Set<String>> configured =
        config.initialCluster().values().stream().map(asSet).sorted(any).toList();
    List<Set<String>> actual =
        welcome.members().values().stream().map(asSet).sorted(any).toList();
    if (!new HashSet<>(configured).equals(new HashSet<>(actual))) {
      throw new UnusableDataException("--initial-cluster " + configured
          + " does not list the members of the cluster, which are " + actual
          + "; take it from what etcdctl member add printed");
    }
  }

  /** Answers {@link PeerMethod#JOIN} on a running member. */
  static PeerService.Handler handler(
      long clusterId, Proposer proposer, Supplier<ClusterView> table) {
    return (caller, request) -> {
      AdmitMember admit = PeerWire.read(request, in -> {
        List<String> urls = readUrls(in);
        return new AdmitMember(urls, in.readUTF());
      });
      return proposer
          .submit(admit, dev.kvorum.store.CallContext.inline())
          .thenApply(id -> encode(clusterId, id, table.get()));
    };
  }

  private static byte[] encode(long clusterId, long id, ClusterView table) {
    return PeerWire.write(out -> {
      ClusterMember member = table.members().get(id);
      out.writeLong(clusterId);
      out.writeLong(id);
      out.writeBoolean(member != null && member.learner());
      out.writeShort(table.members().size());
      for (ClusterMember each : table.members().values()) {
        out.writeLong(each.id());
        out.writeShort(each.peerUrls().size());
        for (String url : each.peerUrls()) {
          out.writeUTF(url);
        }
      }
    });
  }

  private static Welcome decode(byte[] answer) {
    return PeerWire.read(answer, in -> {
      long clusterId = in.readLong();
      long memberId = in.readLong();
      boolean learner = in.readBoolean();
      int count = in.readUnsignedShort();
      Map<Long, List<String>> members = new HashMap<>();
      for (int i = 0; i < count; i++) {
        long id = in.readLong();
        members.put(id, readUrls(in));
      }
      return new Welcome(clusterId, memberId, learner, members);
    });
  }

  private static List<String> readUrls(DataInputStream in) throws IOException {
    int count = in.readUnsignedShort();
    List<String> urls = new ArrayList<>(Math.min(count, 16));
    for (int i = 0; i < count; i++) {
      urls.add(in.readUTF());
    }
    return urls;
  }
}
