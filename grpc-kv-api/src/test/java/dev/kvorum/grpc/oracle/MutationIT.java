package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The comparison itself: etcd agrees with itself, and does not once it lies in one single answer. */
class MutationIT {
  private static final int SEEDS = 6;

  @ParameterizedTest
  @EnumSource(Mutation.class)
  void oneWrongAnswerIsNoticed(Mutation mutation) throws Exception {
    Subject.Factory etcd = EtcdProcess.etcd(Peers.etcdOrSkip());
    Mutation.Liar liar = new Mutation.Liar(mutation);
    Campaign campaign = new Campaign(
        new Campaign.Settings(1, SEEDS, 300, SEEDS, 1, 1, false, Set.of(), List.of(Profile.KV)),
        etcd,
        etcd,
        List.of(liar),
        line -> {});

    List<String> differences = campaign.run();

    assertThat(liar.told()).as("there was an opportunity").isTrue();
    assertThat(differences).as(mutation.name()).hasSize(1);
  }
}
