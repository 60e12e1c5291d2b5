package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The server under test answers as a real etcd does, call by call, over random sequences.
 *
 * <p>{@code -Dseed=} replays one seed, {@code -Dseeds=10000} searches, {@code -Doracle.subject=etcd} compares etcd with
 * itself; see {@link Subjects}.
 */
class DifferentialIT {
  @Test
  void answersAsEtcdDoes() throws Exception {
    Subject.Factory oracle = EtcdProcess.etcd(Peers.etcdOrSkip());
    Campaign campaign = new Campaign(
        Campaign.Settings.fromProperties(),
        oracle,
        Subjects.fromProperties(),
        List.of(),
        System.out::println);

    List<String> differences = campaign.run();

    assertThat(differences).isEmpty();
  }
}
