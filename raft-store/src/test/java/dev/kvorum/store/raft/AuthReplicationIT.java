package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.AuthChange;
import dev.kvorum.store.AuthStore;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Caller;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Password;
import dev.kvorum.store.Permission;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.identity.AuthConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what is the same on every member, however a member came to know it. */
class AuthReplicationIT {
  private static final int WRITES = 400;
  private static final KeyRange OWN = KeyRange.single(Bytes.utf8("own"));

  @TempDir
  Path root;

  private static CallContext member() {
    return CallContext.inline().by(Caller.MEMBER);
  }

  private static CallContext as(String token) {
    return CallContext.inline().by(new Caller.Token(token));
  }

  private TestCluster three() {
    return new TestCluster(
        root,
        3,
        builder -> builder
            .snapshotCount(100)
            .logRetention(20)
            .logSegmentBytes(4096)
            .auth(new AuthConfig("simple", Duration.ofMinutes(5), 4, 0)));
  }

  /** One member is away while everything happens, until the log no longer has it; another joins. */
  @Test
  void whoeverJoinsOrWasAwayKnowsWhoMayDoWhat() {
    try (TestCluster cluster = three().startAll()) {
      TestCluster.awaitMembers(cluster.store(0), 3);
      cluster.add(cluster.awaitLeader(), "fourth", true);
      int away = cluster.aFollower();
      cluster.stop(away);
      RaftKvStore leader = cluster.store(cluster.awaitLeader());
      populate(leader);
      for (int i = 0; i < WRITES; i++) {
        get(leader.put(PutRequest.of(Bytes.utf8("k" + i), Bytes.utf8("v")), member()));
      }
      until("a shorter log", () -> leader.logStartIndex() > 100);

      cluster.start(away);
      RaftKvStore back = cluster.store(away);
      until("what was missed", () -> back.revision() == leader.revision());
      assertThat(back.metrics().snapshotsInstalled.sum()).isPositive();
      RaftKvStore fourth = cluster.join("fourth");
      until("the learner's copy", () -> fourth.revision() == leader.revision());

      AuthStore.AuthStatus status = get(leader.auth().status(member()));
      assertThat(status.enabled()).isTrue();
      assertThat(everything(back)).isEqualTo(everything(leader));
      assertThat(everything(fourth)).isEqualTo(everything(leader)).hasSize(5);
      assertThat(get(back.auth().status(member()))).isEqualTo(status);
      assertThat(get(back.auth().users(member())).items()).containsExactly("alice", "root");
      assertMayReadItsOwnKeyOnly(back, login(back));
      cluster.assertConverged();
    }
  }

  @Test
  void aTokenIsGoodOnEveryMemberAndOutlivesTheLeaderThatIssuedIt() {
    try (TestCluster cluster = three().startAll()) {
      TestCluster.awaitMembers(cluster.store(0), 3);
      int leader = cluster.awaitLeader();
      populate(cluster.store(leader));
      String token = login(cluster.store(leader));
      for (RaftKvStore store : cluster.running()) {
        assertMayReadItsOwnKeyOnly(store, token);
      }

      cluster.stop(leader);
      cluster.awaitLeader();

      for (RaftKvStore store : cluster.running()) {
        assertMayReadItsOwnKeyOnly(store, token);
      }
      get(cluster
          .store(cluster.awaitLeader())
          .auth()
          .change(new AuthChange.ChangePassword("alice", Bytes.EMPTY), member()));
      for (RaftKvStore store : cluster.running()) {
        assertThatThrownBy(() -> get(store.range(RangeRequest.latest(OWN), as(token))))
            .isInstanceOfSatisfying(
                StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID_AUTH_TOKEN));
      }
    }
  }

  private static void populate(RaftKvStore store) {
    AuthStore auth = store.auth();
    Bytes hash = get(auth.hash(Password.of("secret"), member()));
    for (AuthChange change : List.of(
        new AuthChange.AddUser("root", hash, false),
        new AuthChange.AddRole("root"),
        new AuthChange.GrantRole("root", "root"),
        new AuthChange.AddUser("alice", hash, false),
        new AuthChange.AddRole("reader"),
        new AuthChange.GrantPermission("reader", new Permission(Permission.Type.READ, OWN)),
        new AuthChange.GrantRole("alice", "reader"),
        new AuthChange.Enable())) {
      get(auth.change(change, member()));
    }
  }

  private static List<String> everything(RaftKvStore store) {
    AuthStore auth = store.auth();
    List<String> all = new ArrayList<>();
    all.add(get(auth.status(member())).toString());
    for (String user : get(auth.users(member())).items()) {
      all.add(user + " " + get(auth.rolesOf(user, member())).items());
    }
    for (String role : get(auth.roles(member())).items()) {
      all.add(role + " " + get(auth.permissionsOf(role, member())).items());
    }
    return all;
  }

  private static String login(RaftKvStore store) {
    return get(store.auth().authenticate("alice", Password.of("secret"), CallContext.inline()))
        .token();
  }

  private static void assertMayReadItsOwnKeyOnly(RaftKvStore store, String token) {
    assertThat(get(store.range(RangeRequest.latest(OWN), as(token))).count()).isZero();
    assertThatThrownBy(
            () -> get(store.put(PutRequest.of(Bytes.utf8("own"), Bytes.utf8("v")), as(token))))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.PERMISSION_DENIED));
  }
}
