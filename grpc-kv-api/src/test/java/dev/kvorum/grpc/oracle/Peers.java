package dev.kvorum.grpc.oracle;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the real etcds are: the one whose behaviour is offered, and one of the release before.
 *
 * <p>{@code KVORUM_PEERS_DIR} (system property, else environment variable) names a directory with a {@code bin/etcd-3.7}
 * and a {@code bin/etcd}; the default is {@code ~/.cache/kvorum/peers}. With {@code KVORUM_PEERS_REQUIRED=true} a missing etcd is a failure
 * and not a skipped test.
 */
final class Peers {
  private static final String SAME = "etcd-3.7";
  private static final String BEFORE = "etcd";

  private Peers() {}

  /** The etcd to compare with; skips or fails the calling test when there is none. */
  static Path etcdOrSkip() {
    return orSkip(etcd());
  }

  /** The etcd of the release before; as {@link #etcdOrSkip}. */
  static Path earlierEtcdOrSkip() {
    return orSkip(program(BEFORE));
  }

  private static Path orSkip(Path etcd) {
    if (Files.isExecutable(etcd)) {
      return etcd;
    }
    String message = "no etcd at " + etcd
        + ": .ci/peers/fetch builds it; KVORUM_PEERS_DIR says where else to look";
    if ("true".equals(setting("KVORUM_PEERS_REQUIRED"))) {
      return fail(message);
    }
    assumeTrue(false, message);
    return etcd;
  }

  static Path etcd() {
    return program(SAME);
  }

  private static Path program(String name) {
    String directory = setting("KVORUM_PEERS_DIR");
    Path peers = directory == null
        ? Path.of(System.getProperty("user.home"), ".cache", "kvorum", "peers")
        : Path.of(directory);
    return peers.resolve("bin").resolve(name);
  }

  private static @Nullable String setting(String name) {
    String property = System.getProperty(name);
    return property != null ? property : System.getenv(name);
  }
}
