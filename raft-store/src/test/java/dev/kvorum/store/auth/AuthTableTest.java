package dev.kvorum.store.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.AuthChange;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Permission;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.testing.InMemoryEngine;
import dev.kvorum.store.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AuthTableTest {
  private static final Bytes HASH = Bytes.utf8("hash");
  private static final List<Permission.Type> TYPES = List.of(Permission.Type.values());

  private final InMemoryEngine engine = new InMemoryEngine();
  private AuthTable table = new AuthTable(engine);

  static LongStream seeds() {
    return Seeds.all();
  }

  @Test
  void theRevisionCountsChangesAndNothingElse() {
    assertThat(table.current().revision()).isEqualTo(1);
    apply(new AuthChange.AddUser("root", HASH, false));
    assertThat(table.current().revision()).isEqualTo(2);
    refused(StoreException.Kind.USER_EXISTS, new AuthChange.AddUser("root", HASH, false));
    refused(StoreException.Kind.ROOT_ROLE_NOT_GRANTED, new AuthChange.Enable());
    assertThat(table.current().revision()).isEqualTo(2);
    apply(new AuthChange.GrantRole("root", "root"));
    apply(new AuthChange.GrantRole("root", "root"));
    assertThat(table.current().revision()).isEqualTo(3);
    apply(new AuthChange.Enable());
    apply(new AuthChange.Enable());
    assertThat(table.current().revision()).isEqualTo(3);
    apply(new AuthChange.Disable());
    apply(new AuthChange.Disable());
    assertThat(table.current().revision()).isEqualTo(4);
  }

  /** Or an identity found before it would still count after it. */
  @Test
  void everyChangeOfWhoMayDoWhatTakesARevision() {
    KeyRange range = KeyRange.single(Bytes.utf8("k"));
    for (AuthChange change : List.of(
        new AuthChange.AddUser("alice", HASH, false),
        new AuthChange.AddRole("r"),
        new AuthChange.AddRole("q"),
        new AuthChange.GrantPermission("r", new Permission(Permission.Type.READ, range)),
        new AuthChange.GrantPermission("r", new Permission(Permission.Type.WRITE, range)),
        new AuthChange.GrantRole("alice", "r"),
        new AuthChange.GrantRole("alice", "q"),
        new AuthChange.RevokePermission("r", range),
        new AuthChange.RevokeRole("alice", "r"),
        new AuthChange.ChangePassword("alice", Bytes.utf8("other")),
        new AuthChange.DeleteRole("q"),
        new AuthChange.DeleteUser("alice"))) {
      long before = table.current().revision();
      apply(change);
      assertThat(table.current().revision()).as("%s", change).isEqualTo(before + 1);
    }
  }

  @Test
  void readersSeeWhatWasPublished() {
    apply(new AuthChange.AddRole("r"));
    assertThat(table.view().role("r")).isNull();
    table.publish();
    assertThat(table.view().role("r")).isNotNull();
  }

  @Test
  void aTokenIsNotIssuedForAPasswordThatWasChangedMeanwhile() {
    apply(new AuthChange.AddUser("root", HASH, false));
    apply(new AuthChange.GrantRole("root", "root"));
    assertThatThrownBy(() -> table.checkIssue("root", 3)).hasMessage("AUTH_NOT_ENABLED");
    apply(new AuthChange.Enable());
    long checked = table.current().revision();
    table.checkIssue("root", checked);
    apply(new AuthChange.AddUser("other", HASH, false));
    table.checkIssue("root", checked);
    apply(new AuthChange.ChangePassword("root", Bytes.utf8("other")));
    assertThatThrownBy(() -> table.checkIssue("root", checked)).hasMessage("AUTH_OLD_REVISION");
    assertThatThrownBy(() -> table.checkIssue("nobody", checked)).hasMessage("AUTH_FAILED");
  }

  /** What is written is what is in memory, after any changes; the same changes give the same digest. */
  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void theRowsAreTheState(long seed) {
    Random random = new Random(seed);
    InMemoryEngine otherEngine = new InMemoryEngine();
    AuthTable other = new AuthTable(otherEngine);
    for (int i = 0; i < 60; i++) {
      AuthChange change = randomChange(random);
      long before = table.current().revision();
      assertThat(outcome(table, engine, change)).isEqualTo(outcome(other, otherEngine, change));
      assertThat(table.current().revision()).isBetween(before, before + 1);
      assertThat(new AuthTable(engine).view().digest())
          .isEqualTo(table.current().digest());
      assertThat(other.current().digest()).isEqualTo(table.current().digest());
      for (User user : table.current().users().values()) {
        for (String role : user.roles()) {
          assertThat(role.equals("root") || table.current().role(role) != null).isTrue();
        }
      }
      assertThat(!table.current().enabled() || table.current().user("root") != null)
          .isTrue();
    }
  }

  @Test
  void permissionsOnOneKeyStayInTheOrderInWhichTheyWereGranted() {
    apply(new AuthChange.AddRole("r"));
    grant(Permission.Type.READ, "b", "c");
    grant(Permission.Type.READ, "b", "");
    grant(Permission.Type.READ, "a", "");
    grant(Permission.Type.READ, "b", "b\0");
    assertThat(granted()).containsExactly("a READ", "b..c READ", "b READ", "b..b\0 READ");
  }

  /** etcd, where only the first permission on a key is replaced, would go on allowing both. */
  @Test
  void whatIsGrantedAgainReplacesWhatWasGrantedWhateverElseIsOnTheKey() {
    apply(new AuthChange.AddRole("r"));
    grant(Permission.Type.READ, "b", "");
    grant(Permission.Type.READ_WRITE, "b", "c");
    grant(Permission.Type.READ, "b", "d");
    grant(Permission.Type.READ, "b", "c");
    assertThat(granted()).containsExactly("b READ", "b..c READ", "b..d READ");
  }

  private void grant(Permission.Type type, String key, String end) {
    KeyRange range = new KeyRange(Bytes.utf8(key), Bytes.utf8(end));
    apply(new AuthChange.GrantPermission("r", new Permission(type, range)));
  }

  private List<String> granted() {
    return Objects.requireNonNull(table.current().role("r")).permissions().stream()
        .map(each -> each.range().key().toUtf8()
            + (each.range().isSingle() ? "" : ".." + each.range().rangeEnd().toUtf8())
            + " "
            + each.type())
        .toList();
  }

  private static AuthChange randomChange(Random random) {
    String user = List.of("root", "alice", "bob", "").get(random.nextInt(4));
    String role = List.of("root", "r", "q", "").get(random.nextInt(4));
    Bytes key = Bytes.utf8(String.valueOf((char) ('a' + random.nextInt(3))));
    Bytes end = List.of(Bytes.EMPTY, Bytes.ZERO, Bytes.utf8("b")).get(random.nextInt(3));
    KeyRange range = new KeyRange(key, end);
    return switch (random.nextInt(14)) {
      case 0 -> new AuthChange.Enable();
      case 1 -> random.nextInt(3) == 0 ? new AuthChange.Disable() : new AuthChange.Enable();
      case 2, 3 -> new AuthChange.AddUser(user, HASH, random.nextBoolean());
      case 4 -> new AuthChange.DeleteUser(user);
      case 5 -> new AuthChange.ChangePassword(user, Bytes.utf8("x" + random.nextInt()));
      case 6, 7 -> new AuthChange.GrantRole(user, role);
      case 8 -> new AuthChange.RevokeRole(user, role);
      case 9, 10 -> new AuthChange.AddRole(role);
      case 11 -> new AuthChange.DeleteRole(role);
      case 12 ->
        new AuthChange.GrantPermission(role, new Permission(TYPES.get(random.nextInt(3)), range));
      default -> new AuthChange.RevokePermission(role, range);
    };
  }

  private static String outcome(AuthTable table, InMemoryEngine engine, AuthChange change) {
    EngineBatch batch = new EngineBatch();
    try {
      table.apply(change, batch);
      engine.write(batch);
      return "done";
    } catch (StoreException refused) {
      assertThat(batch.isEmpty()).as("a refusal leaves nothing behind").isTrue();
      return refused.kind().name();
    }
  }

  private void apply(AuthChange change) {
    assertThat(outcome(table, engine, change)).isEqualTo("done");
  }

  private void refused(StoreException.Kind kind, AuthChange change) {
    assertThat(outcome(table, engine, change)).isEqualTo(kind.name());
  }

  @Test
  void namesAreListedInTheOrderOfTheirBytes() {
    List<String> names = new ArrayList<>(List.of("b", "\uFFFD", "\uD83D\uDE00", "a", "Z"));
    names.forEach(name -> apply(new AuthChange.AddUser(name, HASH, false)));
    assertThat(table.current().users().keySet())
        .containsExactly("Z", "a", "b", "\uFFFD", "\uD83D\uDE00");
  }
}
