package dev.kvorum.store.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.AuthChange;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Permission;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.testing.InMemoryEngine;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Whoever proposes a command has asked whether it may be, by the rules of that moment. What counts are the rules when it
 * is applied: everything before it in the log has happened by then.
 */
class CommandAccessTest {
  private static final KeyRange OWN = KeyRange.single(Bytes.utf8("own"));
  private static final Command<?> PUT =
      new Command.Put(PutRequest.of(Bytes.utf8("own"), Bytes.utf8("v")));

  private final Applier applier = Applier.open(new InMemoryEngine(), ApplyConfig.defaults());
  private long index;

  /** Applies one entry and says how each command ended. */
  private List<String> apply(Command<?>... commands) {
    index++;
    List<String> outcomes = new ArrayList<>();
    for (Object result : applier
        .apply(1, index, List.of(new CommandBatch(1, 1, index, 0, List.of(commands))))
        .batches()
        .getFirst()
        .results()) {
      outcomes.add(result instanceof StoreException refusal ? refusal.kind().name() : "done");
    }
    return outcomes;
  }

  private static Command<?> change(AuthChange change) {
    return new Command.ChangeAuth(change);
  }

  private static Command<?> byRoot(Command<?> command) {
    return new Command.As<>(false, "root", 1, command);
  }

  private Command<?> byAlice(Command<?> command) {
    return new Command.As<>(false, "alice", applier.auth().revision(), command);
  }

  @BeforeEach
  void rules() {
    assertThat(apply(
            change(new AuthChange.AddUser("root", Bytes.EMPTY, true)),
            change(new AuthChange.AddRole("root")),
            change(new AuthChange.GrantRole("root", "root")),
            change(new AuthChange.AddUser("alice", Bytes.EMPTY, true)),
            change(new AuthChange.AddRole("own")),
            change(new AuthChange.GrantPermission(
                "own", new Permission(Permission.Type.READ_WRITE, OWN))),
            change(new AuthChange.GrantRole("alice", "own")),
            change(new AuthChange.Enable())))
        .containsOnly("done");
  }

  @Test
  void whatIsRevokedBeforeACommandIsAppliedIsNotDone() {
    Command<?> own = byAlice(PUT);
    assertThat(apply(own)).containsExactly("done");
    long revision = applier.lastRevision();

    // In the same entry, as when both were proposed at the same time.
    assertThat(apply(byRoot(change(new AuthChange.RevokeRole("alice", "own"))), own))
        .containsExactly("done", Kind.AUTH_OLD_REVISION.name());
    assertThat(apply(own)).containsExactly(Kind.AUTH_OLD_REVISION.name());
    assertThat(apply(byAlice(PUT))).containsExactly(Kind.PERMISSION_DENIED.name());

    assertThat(applier.lastRevision()).isEqualTo(revision);
  }

  @Test
  void whatNobodyAskedForIsNotDoneOnceAuthenticationIsOn() {
    assertThat(apply(PUT, new Command.Compact(1), change(new AuthChange.Disable())))
        .containsOnly(Kind.USER_EMPTY.name());
    assertThat(applier.auth().enabled()).isTrue();
    assertThat(applier.lastRevision()).isEqualTo(1);
  }

  @Test
  void onlyRootAdministers() {
    assertThat(apply(
            byAlice(change(new AuthChange.GrantRole("alice", "root"))),
            byAlice(new Command.Compact(1)),
            byAlice(new Command.MembershipChange.RemoveMember(1, true)),
            byAlice(new Command.Delete(new DeleteRequest(KeyRange.ALL, false)))))
        .containsOnly(Kind.PERMISSION_DENIED.name());
    assertThat(apply(byRoot(change(new AuthChange.Disable())), PUT)).containsOnly("done");
  }

  /** Nobody stands behind what a member does by itself, and no call can make it do that. */
  @Test
  void membersGoOnWithTheirOwnWork() {
    assertThat(apply(byRoot(new Command.GrantLease(5, 10)))).containsExactly("done");
    assertThat(apply(new Command.ExpireLease(5, 1))).containsExactly("done");
    assertThat(apply(new Command.As<>(true, "", 0, PUT))).containsExactly("done");
    assertThat(applier.lastRevision()).isEqualTo(2);
  }
}
