package dev.kvorum.store.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Member;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.testing.InMemoryEngine;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class MemberTableTest {
  private static final boolean STRICT = true;

  private final InMemoryEngine engine = new InMemoryEngine();
  private MemberTable table = new MemberTable(engine);
  private final Set<Long> started = new HashSet<>();

  private void write(Consumer<EngineBatch> change) {
    EngineBatch batch = new EngineBatch();
    change.accept(batch);
    engine.write(batch);
    table.publish();
  }

  private static Member member(long id, boolean learner, String... urls) {
    return new Member(id, "", List.of(urls), List.of(), learner);
  }

  private void found(long... ids) {
    List<Member> founders = new java.util.ArrayList<>();
    for (long id : ids) {
      founders.add(member(id, false, "http://f" + id + ":1"));
      started.add(id);
    }
    write(batch -> table.found(founders, batch));
  }

  private void add(long id, boolean learner, boolean strict) {
    write(batch -> table.add(
        member(id, learner, "http://a" + id + ":1"), 1, strict, started::contains, batch));
  }

  private void remove(long id, boolean strict) {
    write(batch -> table.remove(id, strict, started::contains, batch));
  }

  private static void assertRefused(ThrowingCallable call, Kind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void isOnDiskAndUnsignedInOrder() {
    found(1, -1);
    add(5, true, STRICT);
    write(batch -> table.admit(List.of("http://a5:1"), "disk5", batch));
    remove(-1, false);
    ClusterView before = table.view();

    table = new MemberTable(engine);

    assertThat(table.view()).isEqualTo(before);
    assertThat(before.members().keySet()).containsExactly(1L, 5L);
    assertThat(before.members().get(5L))
        .isEqualTo(new ClusterMember(5, List.of("http://a5:1"), true, false, "disk5"));
    assertThat(before.removed()).containsExactly(-1L);
    assertThat(before.founded()).isTrue();
  }

  @Test
  void isFoundedOnceAndNothingHappensBefore() {
    assertRefused(() -> add(5, false, STRICT), Kind.NO_LEADER);
    assertRefused(
        () -> write(batch -> table.admit(List.of("http://f1:1"), "d", batch)), Kind.NO_LEADER);
    found(1, 2);
    found(3);
    assertThat(table.view().members().keySet()).containsExactly(1L, 2L);
  }

  @Test
  void aRemovedIdNeverComesBack() {
    found(1, 2, 3);
    remove(3, STRICT);
    assertRefused(() -> remove(3, STRICT), Kind.MEMBER_NOT_FOUND);
    assertRefused(() -> add(3, false, STRICT), Kind.MEMBER_NOT_FOUND);
    assertRefused(() -> add(2, false, STRICT), Kind.MEMBER_EXISTS);
    assertRefused(() -> write(batch -> table.noteDisk(3, "d", batch)), Kind.MEMBER_NOT_FOUND);
  }

  @Test
  void peerUrlsBelongToOne() {
    found(1, 2, 3);
    add(5, true, STRICT);
    assertRefused(
        () -> write(batch -> table.add(
            member(6, true, "http://x:1", "http://a5:1"), 9, STRICT, started::contains, batch)),
        Kind.PEER_URLS_EXIST);
    assertRefused(
        () -> write(batch -> table.update(1, List.of("http://f2:1"), batch)), Kind.PEER_URLS_EXIST);
    assertRefused(
        () -> write(batch -> table.update(9, List.of("http://f2:1"), batch)),
        Kind.MEMBER_NOT_FOUND);
    write(batch -> table.update(5, List.of("http://a5:1", "http://b5:1"), batch));
    assertThat(table.view().members().get(5L))
        .isEqualTo(new ClusterMember(5, List.of("http://a5:1", "http://b5:1"), true, false, ""));
    assertRefused(() -> add(7, true, STRICT), Kind.TOO_MANY_LEARNERS);
  }

  @Test
  void learnersArePromotedOnce() {
    found(1);
    add(5, true, STRICT);
    write(batch -> table.promote(5, STRICT, started::contains, batch));
    assertThat(table.view().members().get(5L))
        .isEqualTo(new ClusterMember(5, List.of("http://a5:1"), false, false, ""));
    assertRefused(
        () -> write(batch -> table.promote(5, false, started::contains, batch)),
        Kind.MEMBER_NOT_LEARNER);
    assertRefused(
        () -> write(batch -> table.promote(6, false, started::contains, batch)),
        Kind.MEMBER_NOT_FOUND);
  }

  @Test
  void aDiskIsAdmittedOnceAndFoundersNeverAre() {
    found(1);
    add(5, false, STRICT);
    write(batch -> assertThat(table.admit(List.of("http://a5:1"), "d", batch)).isEqualTo(5));
    write(batch -> assertThat(table.admit(List.of("http://a5:1"), "d", batch)).isEqualTo(5));
    assertRefused(
        () -> write(batch -> table.admit(List.of("http://a5:1"), "e", batch)), Kind.MEMBER_EXISTS);
    assertRefused(
        () -> write(batch -> table.admit(List.of("http://f1:1"), "e", batch)), Kind.MEMBER_EXISTS);
    assertRefused(
        () -> write(batch -> table.admit(List.of("http://a5:1", "http://q:1"), "d", batch)),
        Kind.MEMBER_NOT_FOUND);
    write(batch -> table.noteDisk(1, "mine", batch));
    assertRefused(() -> write(batch -> table.noteDisk(1, "another", batch)), Kind.MEMBER_EXISTS);
  }

  /** As measured on etcd: a healthy cluster of three takes two voters that have not started, and no third. */
  @Test
  void enoughVotersHaveStarted() {
    found(1, 2, 3);
    add(11, false, STRICT);
    add(12, false, STRICT);
    assertRefused(() -> add(13, false, STRICT), Kind.NOT_ENOUGH_STARTED_MEMBERS);
    assertRefused(() -> remove(1, STRICT), Kind.NOT_ENOUGH_STARTED_MEMBERS);
    add(13, true, STRICT);
    remove(13, STRICT);
    remove(12, STRICT);
    add(14, false, false);
  }

  /** Two of three voters never came: a fourth would not help, but who does not vote may come and go. */
  @Test
  void aLearnerIsNotPromotedAmongVotersThatNeverStartedButMayLeave() {
    found(1);
    add(11, false, false);
    add(12, false, false);
    add(5, true, STRICT);
    assertRefused(
        () -> write(batch -> table.promote(5, STRICT, started::contains, batch)),
        Kind.NOT_ENOUGH_STARTED_MEMBERS);
    remove(5, STRICT);
    assertThat(table.view().members().keySet()).containsExactly(1L, 11L, 12L);
  }

  @Test
  void theOnlyVoterCanBeJoinedAndCannotBeRemoved() {
    found(1);
    assertRefused(() -> remove(1, STRICT), Kind.NOT_ENOUGH_STARTED_MEMBERS);
    assertRefused(() -> remove(1, false), Kind.NOT_ENOUGH_STARTED_MEMBERS);
    add(2, false, STRICT);
    assertRefused(() -> add(3, false, STRICT), Kind.NOT_ENOUGH_STARTED_MEMBERS);
    assertRefused(() -> remove(1, STRICT), Kind.NOT_ENOUGH_STARTED_MEMBERS);
    remove(2, STRICT);
  }
}
