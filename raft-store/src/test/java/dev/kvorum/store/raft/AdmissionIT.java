package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Access;
import dev.kvorum.store.AuthChange;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Caller;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Permission;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangePart;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.RangeStream;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules that change while somebody is being decided about, or that have changed and are not known here yet. */
class AdmissionIT {
  private static final KeyRange KEYS = KeyRange.prefix(Bytes.utf8("k"));
  private static final RangeRequest LOOK = RangeRequest.latest(KEYS);
  private static final Caller ALICE = new Caller.Certificate("alice");

  @TempDir
  Path root;

  private final Partition partition = new Partition();

  @AfterEach
  void heal() {
    partition.close();
  }

  private static CallContext member() {
    return CallContext.inline().by(Caller.MEMBER);
  }

  private static CallContext alice() {
    return CallContext.inline().by(ALICE);
  }

  private static void change(RaftKvStore store, AuthChange... changes) {
    for (AuthChange change : changes) {
      get(store.auth().change(change, member()));
    }
  }

  private static void rules(RaftKvStore store) {
    change(
        store,
        new AuthChange.AddUser("root", Bytes.EMPTY, true),
        new AuthChange.AddRole("root"),
        new AuthChange.GrantRole("root", "root"),
        new AuthChange.AddUser("alice", Bytes.EMPTY, true),
        new AuthChange.AddRole("keys"),
        new AuthChange.GrantPermission("keys", new Permission(Permission.Type.READ_WRITE, KEYS)),
        new AuthChange.GrantRole("alice", "keys"),
        new AuthChange.Enable());
  }

  private static void assertDenied(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.PERMISSION_DENIED));
  }

  /** What it read may have been written for others. */
  @Test
  void aReadDuringWhichTheRulesChangeIsDecidedByTheLaterOnes() {
    try (TestCluster cluster = new TestCluster(root, 1).startAll()) {
      RaftKvStore store = cluster.store(0);
      rules(store);
      Admission admission = store.member().admission();
      Access access = new Access.Keys(LOOK);
      assertThat(admission.<Long>read(
              store.member().applier(),
              access,
              ALICE,
              state -> state.range(LOOK).count()))
          .isZero();
      assertDenied(() -> admission.<Long>read(store.member().applier(), access, ALICE, state -> {
        change(store, new AuthChange.RevokeRole("alice", "keys"));
        get(store.put(PutRequest.of(Bytes.utf8("k"), Bytes.utf8("secret")), member()));
        return state.range(LOOK).count();
      }));
    }
  }

  @Test
  void aRangeStreamEndsWhenItsUserMayNotReadAnyMore() {
    try (TestCluster cluster = new TestCluster(root, 1).startAll()) {
      RaftKvStore store = cluster.store(0);
      rules(store);
      for (int i = 0; i < 40; i++) {
        get(store.put(PutRequest.of(Bytes.utf8("k" + i), Bytes.EMPTY), member()));
      }
      RangeStream stream = store.rangeStream(LOOK, 64 * 1024, alice());
      RangePart first = get(stream.next());
      assertThat(first.end()).isNull();
      change(store, new AuthChange.RevokePermission("keys", KEYS));
      assertDenied(() -> get(stream.next()));
      stream.close();
    }
  }

  /** It would refuse what was granted, and said to be granted, a moment ago. */
  @Test
  void aMemberThatLagsRefusesNobodyBeforeItHasCaughtUp() {
    try (TestCluster cluster =
        new TestCluster(root, 3, builder -> builder.failpoints(partition)).startAll()) {
      TestCluster.awaitMembers(cluster.store(0), 3);
      RaftKvStore leader = cluster.store(cluster.awaitLeader());
      RaftKvStore lagging = cluster.store(cluster.aFollower());
      rules(leader);
      change(leader, new AuthChange.RevokeRole("alice", "keys"));
      until("the rules", () -> lagging.authDigest() == leader.authDigest());
      partition.isolate(lagging.identity().memberId());
      change(leader, new AuthChange.GrantRole("alice", "keys"));

      CompletableFuture<RangeResult> read = lagging.range(LOOK, alice());
      CompletableFuture<PutResult> write =
          lagging.put(PutRequest.of(Bytes.utf8("k"), Bytes.EMPTY), alice());
      long dropped = partition.dropped();
      until("a message that was lost", () -> partition.dropped() > dropped);
      assertThat(List.of(read, write)).noneMatch(CompletableFuture::isDone);
      partition.heal();

      assertThat(get(write).revision()).isEqualTo(2);
      assertThat(get(read).count()).isBetween(0L, 1L);
      cluster.assertConverged();
    }
  }
}
