package dev.kvorum.grpc.oracle;

import java.util.List;

/**
 * The comparison outside of a build, for long runs: the same system properties as {@link DifferentialIT}, exit code 1
 * when there are differences.
 */
public final class OracleMain {
  private OracleMain() {}

  /** Takes no arguments. */
  public static void main(String[] arguments) throws Exception {
    List<String> differences = new Campaign(
            Campaign.Settings.fromProperties(),
            EtcdProcess.etcd(Peers.etcd()),
            Subjects.fromProperties(),
            List.of(),
            System.out::println)
        .run();
    System.exit(differences.isEmpty() ? 0 : 1);
  }
}
