package dev.kvorum.store.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Access;
import dev.kvorum.store.AuthChange;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Permission;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.testing.InMemoryEngine;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In which order callers are refused. What is allowed is tested over the wire, against a reference. */
class AuthorizerTest {
  private static final Access GET = new Access.Keys(RangeRequest.latest(KeyRange.single(key("k"))));
  private static final Access PUT = new Access.Keys(PutRequest.of(key("k"), Bytes.EMPTY));

  private final AuthTable table = new AuthTable(new InMemoryEngine());
  private final Map<Long, TreeSet<Bytes>> leases =
      Map.of(1L, new TreeSet<>(List.of(key("k"), key("z"))), 2L, new TreeSet<>());

  @BeforeEach
  void users() {
    apply(new AuthChange.AddUser("root", Bytes.EMPTY, false));
    apply(new AuthChange.GrantRole("root", "root"));
    apply(new AuthChange.AddRole("r"));
    apply(new AuthChange.GrantPermission(
        "r", new Permission(Permission.Type.READ, KeyRange.single(key("k")))));
    apply(new AuthChange.AddUser("alice", Bytes.EMPTY, false));
    apply(new AuthChange.GrantRole("alice", "r"));
  }

  @Test
  void everythingIsAllowedWhileAuthenticationIsOff() {
    assertThat(verdict(Identity.NONE, new Access.Administer())).isEqualTo("allowed");
    assertThat(verdict(Identity.NONE, PUT)).isEqualTo("allowed");
  }

  @Test
  void nobodyComesFirstThenAnOldIdentityThenPermissions() {
    apply(new AuthChange.Enable());
    long now = table.current().revision();
    assertThat(verdict(Identity.NONE, GET)).isEqualTo("USER_EMPTY");
    assertThat(verdict(Identity.NONE, new Access.Free())).isEqualTo("allowed");
    assertThat(verdict(Identity.user("alice", now - 1), PUT)).isEqualTo("AUTH_OLD_REVISION");
    assertThat(verdict(Identity.user("nobody", now - 1), PUT)).isEqualTo("AUTH_OLD_REVISION");
    assertThat(verdict(Identity.user("nobody", now), GET)).isEqualTo("PERMISSION_DENIED");
    assertThat(verdict(Identity.user("alice", now), PUT)).isEqualTo("PERMISSION_DENIED");
    assertThat(verdict(Identity.user("alice", now), GET)).isEqualTo("allowed");
    assertThat(verdict(Identity.user("root", now), PUT)).isEqualTo("allowed");
    assertThat(verdict(Identity.user("root", now - 1), PUT)).isEqualTo("AUTH_OLD_REVISION");
    assertThat(verdict(Identity.MEMBER, new Access.Administer())).isEqualTo("allowed");
  }

  /** There is no user without a name, so nobody learns anything. */
  @Test
  void whoHasNoNameMayAskForTheUserWithoutOneAndForNothingElse() {
    apply(new AuthChange.Enable());
    assertThat(verdict(Identity.NONE, new Access.ReadUser(""))).isEqualTo("allowed");
    assertThat(verdict(Identity.NONE, new Access.ReadUser("alice"))).isEqualTo("USER_EMPTY");
    assertThat(verdict(Identity.NONE, new Access.ReadRole(""))).isEqualTo("USER_EMPTY");
    Identity alice = Identity.user("alice", table.current().revision());
    assertThat(verdict(alice, new Access.ReadUser(""))).isEqualTo("PERMISSION_DENIED");
  }

  /** Two administrators at work at the same time do not get into each other's way. */
  @Test
  void theAgeOfAnAdministratorsIdentityDoesNotMatterForAdministering() {
    apply(new AuthChange.Enable());
    assertThat(verdict(Identity.user("root", 1), new Access.Administer())).isEqualTo("allowed");
    assertThat(verdict(Identity.user("alice", 1), new Access.Administer()))
        .isEqualTo("PERMISSION_DENIED");
    assertThat(verdict(Identity.user("nobody", 1), new Access.Administer()))
        .isEqualTo("USER_NOT_FOUND");
  }

  @Test
  void everyKeyOnALeaseCounts() {
    apply(new AuthChange.Enable());
    long now = table.current().revision();
    Identity alice = Identity.user("alice", now);
    assertThat(verdict(alice, new Access.ReadLeaseKeys(1))).isEqualTo("PERMISSION_DENIED");
    assertThat(verdict(alice, new Access.ReadLeaseKeys(2))).isEqualTo("allowed");
    assertThat(verdict(alice, new Access.ReadLeases())).isEqualTo("PERMISSION_DENIED");
    assertThat(verdict(alice, new Access.UseLease(3))).isEqualTo("allowed");
    apply(new AuthChange.GrantPermission(
        "r", new Permission(Permission.Type.READ, KeyRange.from(key("l")))));
    Identity later = Identity.user("alice", table.current().revision());
    assertThat(verdict(later, new Access.ReadLeaseKeys(1))).isEqualTo("allowed");
    assertThat(verdict(alice, new Access.ReadLeaseKeys(1))).isEqualTo("AUTH_OLD_REVISION");
    assertThat(verdict(later, new Access.ReadLeases())).isEqualTo("allowed");
    assertThat(verdict(later, new Access.UseLease(1))).isEqualTo("PERMISSION_DENIED");
  }

  private String verdict(Identity who, Access access) {
    LeaseKeys keys = new LeaseKeys() {
      @Override
      public @Nullable Bytes firstKey(long lease, Bytes from) {
        return leases.getOrDefault(lease, new TreeSet<>()).ceiling(from);
      }

      @Override
      public Iterable<Long> ids() {
        return leases.keySet();
      }
    };
    try {
      new Authorizer(table.current(), keys).check(who, access);
      return "allowed";
    } catch (StoreException refused) {
      return refused.kind().name();
    }
  }

  private void apply(AuthChange change) {
    table.apply(change, new EngineBatch());
  }

  private static Bytes key(String text) {
    return Bytes.utf8(text);
  }
}
