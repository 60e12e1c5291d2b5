package dev.kvorum.store.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.auth.Identity;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SimpleTokensTest {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L); // about to wrap
  private final SimpleTokens tokens = new SimpleTokens(Duration.ofMinutes(5), now::get);

  @Test
  void aTokenIsSixteenLettersADotAndAnIndex() {
    assertThat(SimpleTokens.token(tokens.newPrefix(), 12)).matches("[a-zA-Z]{16}\\.12");
    assertThat(tokens.newPrefix()).isNotEqualTo(tokens.newPrefix());
  }

  @Test
  void beingUsedKeepsATokenAliveAndBeingForgottenDoesNot() {
    String token = issue("alice", 7, 0);
    for (int i = 0; i < 5; i++) {
      advance(299);
      assertThat(tokens.identify(token, 3)).isEqualTo(Identity.user("alice", 3));
    }
    advance(300);
    assertThat(tokens.identify(token, 3)).isNull();
    assertThat(tokens.size()).isZero();
  }

  @Test
  void sweepingTakesOutWhatHasRunOutAndNothingElse() {
    String first = issue("alice", 7, 0);
    String second = issue("bob", 8, 0);
    advance(200);
    assertThat(tokens.identify(first, 3)).isNotNull();
    advance(200);
    tokens.sweep();
    assertThat(tokens.size()).isEqualTo(1);
    assertThat(tokens.identify(first, 3)).isNotNull();
    assertThat(tokens.identify(second, 3)).isNull();
  }

  @Test
  void aTokenBelongsToItsIndex() {
    String token = issue("alice", 7, 0);
    assertThat(tokens.identify(token.replace(".7", ".8"), 3)).isNull();
    assertThat(tokens.identify(token + "0", 3)).isNull();
    assertThat(tokens.identify(token.substring(1), 3)).isNull();
  }

  @Test
  void tokensEndWithTheirUser() {
    String alice = issue("alice", 7, 0);
    String bob = issue("bob", 8, 0);
    tokens.drop("alice");
    assertThat(tokens.identify(alice, 3)).isNull();
    assertThat(tokens.identify(bob, 3)).isNotNull();
    tokens.dropAll();
    assertThat(tokens.identify(bob, 3)).isNull();
  }

  /** A log that is replayed long after does not bring old tokens back. */
  @Test
  void aTokenFromLongAgoIsNotTakenUp() {
    assertThat(tokens.identify(issue("alice", 7, Duration.ofHours(1).toMillis()), 3))
        .isNull();
    assertThat(tokens.identify(issue("alice", 8, -1_000), 3)).isNotNull();
  }

  @Test
  void theTableIsBoundedAndThoseUsedLastStay() {
    String used = issue("alice", 1, 0);
    String unused = issue("alice", 2, 0);
    for (long index = 3; index <= SimpleTokens.MAX_TOKENS; index++) {
      tokens.issued("bob", SimpleTokens.digest("x"), index, 0);
    }
    assertThat(tokens.identify(used, 3)).isNotNull();
    tokens.issued("bob", SimpleTokens.digest("y"), 1, 0);
    assertThat(tokens.size()).isEqualTo(SimpleTokens.MAX_TOKENS);
    assertThat(tokens.identify(used, 3)).isNotNull();
    assertThat(tokens.identify(unused, 3)).isNull();
  }

  private String issue(String user, long index, long ageMillis) {
    String prefix = tokens.newPrefix();
    tokens.issued(user, SimpleTokens.digest(prefix), index, ageMillis);
    return SimpleTokens.token(prefix, index);
  }

  private void advance(long seconds) {
    now.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }
}
