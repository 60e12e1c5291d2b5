package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.AuthChange;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.apply.AppliedBatch;
import dev.kvorum.store.apply.AppliedEntry;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.identity.AuthConfig;
import dev.kvorum.store.identity.SimpleTokens;
import dev.kvorum.store.identity.Tokens;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which tokens are good after which entries of the log. */
class TokenFollowerTest {
  private static final long NOW_MILLIS = 1_000_000_000;
  private static final String PREFIX = "abcdefghijklmnop";

  private Tokens tokens;
  private TokenFollower follower;
  private long index = 10;

  @BeforeEach
  void start() throws IOException {
    tokens = Tokens.of(new AuthConfig("simple", Duration.ofMinutes(5), 4, 0), () -> 0);
    follower = new TokenFollower(tokens, () -> NOW_MILLIS);
  }

  private void applied(Command<?> command, Object result, boolean duplicate, long timeMillis) {
    index++;
    follower.applied(
        List.of(new CommandBatch(1, 1, index, timeMillis, List.of(command))),
        new AppliedEntry(
            1,
            index,
            1,
            List.of(
                new AppliedBatch(1, 1, index, duplicate, duplicate ? List.of() : List.of(result))),
            List.of()));
  }

  private void applied(Command<?> command) {
    applied(command, 1L, false, NOW_MILLIS);
  }

  /** The token of a login that was just applied. */
  private String login(String user) {
    applied(new Command.IssueToken(user, SimpleTokens.digest(PREFIX), 1));
    return SimpleTokens.token(PREFIX, index);
  }

  private boolean isGood(String token) {
    return tokens.identify(token, 1) != null;
  }

  @Test
  void aTokenEndsWithThePasswordAndWithTheUser() {
    String alice = login("alice");
    String bob = login("bob");
    String carol = login("carol");
    applied(new Command.ChangeAuth(new AuthChange.ChangePassword("alice", Bytes.EMPTY)));
    assertThat(isGood(alice)).isFalse();
    applied(new Command.ChangeAuth(new AuthChange.DeleteUser("bob")));
    assertThat(isGood(bob)).isFalse();
    applied(new Command.ChangeAuth(new AuthChange.GrantRole("carol", "r")));
    applied(new Command.ChangeAuth(new AuthChange.RevokeRole("carol", "r")));
    assertThat(isGood(carol)).isTrue();
  }

  @Test
  void allTokensEndWithAuthentication() {
    List<String> issued = List.of(login("alice"), login("bob"));
    assertThat(issued).allMatch(this::isGood);
    applied(new Command.ChangeAuth(new AuthChange.Disable()));
    assertThat(issued).noneMatch(this::isGood);
  }

  @Test
  void whatWasRefusedOrAppliedBeforeChangesNothing() {
    String alice = login("alice");
    Command<?> change = new Command.ChangeAuth(new AuthChange.Disable());
    applied(change, StoreException.of(StoreException.Kind.PERMISSION_DENIED), false, NOW_MILLIS);
    applied(change, 1L, true, NOW_MILLIS);
    assertThat(isGood(alice)).isTrue();
    Command<?> issue = new Command.IssueToken("bob", SimpleTokens.digest(PREFIX), 1);
    applied(issue, StoreException.of(StoreException.Kind.AUTH_OLD_REVISION), false, NOW_MILLIS);
    assertThat(isGood(SimpleTokens.token(PREFIX, index))).isFalse();
  }

  /** A log that is replayed has logins of long ago in it. */
  @Test
  void aTokenOfLongAgoIsNotTakenUp() {
    applied(
        new Command.IssueToken("alice", SimpleTokens.digest(PREFIX), 1),
        1L,
        false,
        NOW_MILLIS - Duration.ofHours(1).toMillis());
    assertThat(isGood(SimpleTokens.token(PREFIX, index))).isFalse();
  }
}
