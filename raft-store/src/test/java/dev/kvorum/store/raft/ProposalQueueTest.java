package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.command.Command;
import org.junit.jupiter.api.Test;

class ProposalQueueTest {
  private final ProposalQueue queue = new ProposalQueue(3, 100);

  @Test
  void theNumberIsBounded() {
    assertThat(queue.offer(proposal(1))).isTrue();
    assertThat(queue.offer(proposal(1))).isTrue();
    assertThat(queue.offer(proposal(1))).isTrue();
    assertThat(queue.offer(proposal(1))).isFalse();
    queue.poll();
    assertThat(queue.offer(proposal(1))).isTrue();
    assertThat(queue.size()).isEqualTo(3);
  }

  @Test
  void theBytesAreBoundedAndARefusalCostsNone() {
    assertThat(queue.offer(proposal(60))).isTrue();
    assertThat(queue.offer(proposal(60))).isFalse();
    assertThat(queue.offer(proposal(40))).isTrue();
    assertThat(queue.offer(proposal(1))).isFalse();
    assertThat(queue.size()).isEqualTo(2);
  }

  @Test
  void whatIsGivenBackIsFirstAgainAndCounts() {
    Proposal<?> first = proposal(50);
    Proposal<?> second = proposal(50);
    queue.offer(first);
    queue.offer(second);
    assertThat(queue.poll()).isSameAs(first);
    queue.giveBack(first);
    assertThat(queue.offer(proposal(1))).isFalse();
    assertThat(queue.peek()).isSameAs(first);
    assertThat(queue.isEmpty()).isFalse();
    assertThat(queue.poll()).isSameAs(first);
    assertThat(queue.poll()).isSameAs(second);
    assertThat(queue.poll()).isNull();
    assertThat(queue.isEmpty()).isTrue();
    assertThat(queue.size()).isZero();
    assertThat(queue.offer(proposal(100))).isTrue();
  }

  private static Proposal<?> proposal(int bytes) {
    return new Proposal<>(new Command.Compact(1), bytes, CallContext.inline(), 0);
  }
}
