package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.ClusterAdmin;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.Member;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Members of one cluster in this process, on loopback. Not thread-safe. */
final class TestCluster implements AutoCloseable {
  private final Path root;
  private final Map<String, List<String>> urls = new LinkedHashMap<>();
  private final Map<String, RaftKvStore> stores = new LinkedHashMap<>();
  private final Map<String, Map<String, List<String>>> joined = new LinkedHashMap<>();
  private final UnaryOperator<RaftConfig.Builder> settings;
  private final Function<String, RaftConfig.@Nullable PeerSecurity> security;

  /** What members gave up for. */
  final List<String> fatals = new CopyOnWriteArrayList<>();

  TestCluster(Path root, int size) {
    this(root, size, builder -> builder);
  }

  TestCluster(Path root, int size, UnaryOperator<RaftConfig.Builder> settings) {
    this(root, size, "http", settings, name -> null);
  }

  /** Members that secure the connections between them, each in its way. */
  static TestCluster secured(
      Path root, int size, Function<String, RaftConfig.@Nullable PeerSecurity> security) {
    return new TestCluster(root, size, "https", builder -> builder, security);
  }

  private TestCluster(
      Path root,
      int size,
      String scheme,
      UnaryOperator<RaftConfig.Builder> settings,
      Function<String, RaftConfig.@Nullable PeerSecurity> security) {
    this.root = root;
    this.settings = settings;
    this.security = security;
    for (int port : freePorts(size)) {
      urls.put("m" + urls.size(), List.of(scheme + "://127.0.0.1:" + port));
    }
  }

  static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      List<Integer> ports = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sockets.add(socket);
        ports.add(socket.getLocalPort());
      }
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RaftConfig config(int member) {
    return config("m" + member, settings);
  }

  RaftConfig config(int member, UnaryOperator<RaftConfig.Builder> special) {
    return config("m" + member, special);
  }

  private RaftConfig config(String name) {
    return config(name, settings);
  }

  private RaftConfig config(String name, UnaryOperator<RaftConfig.Builder> special) {
    RaftConfig.Builder builder = RaftConfig.builder(root.resolve(name), name)
        .initialCluster(joined.getOrDefault(name, urls))
        .newCluster(!joined.containsKey(name))
        .clusterToken("test")
        .peerSecurity(security.apply(name))
        .clientUrls(List.of("http://client-of-" + name))
        .electionTimeout(Duration.ofSeconds(1))
        .fatalHandler((what, cause) -> fatals.add(name + ": " + what));
    return special.apply(builder).build();
  }

  TestCluster startAll() {
    return start(java.util.stream.IntStream.range(0, urls.size()).toArray());
  }

  /** Starts members together: with empty directories they wait for each other. */
  TestCluster start(int... members) {
    Map<String, CompletableFuture<RaftKvStore>> opening = new LinkedHashMap<>();
    for (int member : members) {
      opening.put(
          "m" + member,
          CompletableFuture.supplyAsync(() -> open(config(member)), TestCluster::onNewThread));
    }
    opening.forEach((name, store) -> stores.put(name, get(store)));
    return this;
  }

  /** Adds a member through member {@code via}; its process is not started. */
  ClusterAdmin.Added add(int via, String name, boolean learner) {
    List<String> peerUrls = List.of("http://127.0.0.1:" + freePorts(1).get(0));
    ClusterAdmin.Added added =
        admin(() -> store(via).cluster().add(peerUrls, learner, CallContext.inline()));
    joined.put(name, listed(added.members(), added.added().id(), name));
    return added;
  }

  /** What the new member's process would be given as the initial cluster. */
  private static Map<String, List<String>> listed(List<Member> members, long self, String name) {
    Map<String, List<String>> cluster = new LinkedHashMap<>();
    for (Member member : members) {
      cluster.put(
          member.id() == self ? name : "member-" + MemberIds.hex(member.id()), member.peerUrls());
    }
    return cluster;
  }

  /** A call that is repeated while the members find that too few of them have been heard from lately. */
  static <T> T admin(java.util.function.Supplier<CompletableFuture<T>> call) {
    long end = System.nanoTime() + 30_000_000_000L;
    while (true) {
      try {
        return get(call.get());
      } catch (StoreException e) {
        boolean passes = e.kind() == StoreException.Kind.UNHEALTHY_CLUSTER
            || e.kind() == StoreException.Kind.NOT_ENOUGH_STARTED_MEMBERS
            || e.kind() == StoreException.Kind.LEARNER_NOT_READY;
        if (!passes || System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(50_000_000);
      }
    }
  }

  /** Starts the process of a member that was added, or starts it again. */
  RaftKvStore join(String name) {
    RaftKvStore store = open(config(name));
    stores.put(name, store);
    return store;
  }

  /** Starts a founding member elsewhere than it was founded, with flags that say so; the caller's to close. */
  RaftKvStore openElsewhere(int member, List<String> peerUrls) {
    return open(config(
        "m" + member,
        builder -> settings
            .apply(builder)
            .listenPeerUrls(peerUrls)
            .initialCluster(Map.of("m" + member, peerUrls))));
  }

  RaftKvStore joined(String name) {
    return java.util.Objects.requireNonNull(stores.get(name), name + " is down");
  }

  void stop(String name) {
    java.util.Objects.requireNonNull(stores.remove(name)).close();
  }

  static List<Member> members(RaftKvStore store) {
    return get(store.members(true, CallContext.inline()));
  }

  /** Waits until {@code count} members have a name, by the word of {@code store}, and Raft agrees with the list. */
  static void awaitMembers(RaftKvStore store, int count) {
    until(count + " members", () -> {
      List<Member> members = get(store.members(false, CallContext.inline()));
      RatisDivision.Configuration configuration = store.member().raft().configuration();
      return members.size() == count
          && members.stream().noneMatch(member -> member.name().isEmpty())
          && configuration.settled()
          && configuration.voters().size() + configuration.learners().size() == count;
    });
  }

  private static void onNewThread(Runnable task) {
    Thread thread = new Thread(task, "cluster");
    thread.setDaemon(true);
    thread.start();
  }

  static RaftKvStore open(RaftConfig config) {
    try {
      return RaftKvStore.open(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  RaftKvStore store(int member) {
    return java.util.Objects.requireNonNull(stores.get("m" + member), "m" + member + " is down");
  }

  List<RaftKvStore> running() {
    return List.copyOf(stores.values());
  }

  void stop(int member) {
    java.util.Objects.requireNonNull(stores.remove("m" + member)).close();
  }

  /** Puts another directory in the place of a stopped member's. */
  void replaceDirectory(int member, Path image) throws IOException {
    dev.kvorum.store.raft.disk.DurableFiles.deleteTree(directory(member));
    java.nio.file.Files.move(image, directory(member));
  }

  Path directory(int member) {
    return root.resolve("m" + member);
  }

  /** The member that leads, once there is one that all running members agree on. */
  int awaitLeader() {
    until("a leader", () -> {
      long leader = running().get(0).status().leaderId();
      return leader != 0
          && running().stream().allMatch(s -> s.status().leaderId() == leader)
          && running().stream().anyMatch(s -> s.identity().memberId() == leader);
    });
    return indexOf(running().get(0).status().leaderId());
  }

  int indexOf(long memberId) {
    for (int i = 0; i < urls.size(); i++) {
      if (config(i).memberId() == memberId) {
        return i;
      }
    }
    throw new IllegalArgumentException(MemberIds.hex(memberId));
  }

  int aFollower() {
    int leader = awaitLeader();
    for (int i = 0; i < urls.size(); i++) {
      if (i != leader && stores.containsKey("m" + i)) {
        return i;
      }
    }
    throw new IllegalStateException("no follower");
  }

  static PutResult put(RaftKvStore store, String key, String value) {
    return get(store.put(PutRequest.of(Bytes.utf8(key), Bytes.utf8(value)), CallContext.inline()));
  }

  static @Nullable String read(RaftKvStore store, String key) {
    List<KeyValue> found = get(store.range(
            RangeRequest.latest(KeyRange.single(Bytes.utf8(key))), CallContext.inline()))
        .keyValues();
    return found.isEmpty() ? null : found.get(0).value().toUtf8();
  }

  /** Waits until every running member has applied the same, and checks that they agree. */
  void assertConverged() {
    until(
        "equal revisions",
        () -> running().stream().map(RaftKvStore::revision).distinct().count() == 1);
    assertThat(running().stream().map(store -> store.hash(0)).distinct()).hasSize(1);
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + 120_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("still no %s", what).isNegative();
      LockSupport.parkNanos(10_000_000);
    }
  }

  @Override
  public void close() {
    CompletableFuture.allOf(stores.values().stream()
            .map(store -> CompletableFuture.runAsync(store::close, TestCluster::onNewThread))
            .toArray(CompletableFuture[]::new))
        .join();
    stores.clear();
  }
}
