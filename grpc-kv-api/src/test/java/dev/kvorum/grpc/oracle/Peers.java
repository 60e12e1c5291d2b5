package dev.kvorum.grpc.oracle;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the real etcd is.
 *
 * <p>{@code KVORUM_PEERS_DIR} (system property, else environment variable) names a directory with a {@code bin/etcd};
 * the default is {@code ~/.cache/kvorum/peers}. With {@code KVORUM_PEERS_REQUIRED=true} a missing etcd is a failure
 * and not a skipped test.
 */
final class Peers {
  private Peers() {}

  /** The etcd program; skips or fails the calling test when there is none. */
  static Path etcdOrSkip() {
    Path etcd = etcd();
    if (Files.isExecutable(etcd)) {
      return etcd;
    }
    String message = "no etcd at " + etcd
        + ": set KVORUM_PEERS_DIR to a directory with a bin/etcd to compare with a real etcd";
    if ("true".equals(setting("KVORUM_PEERS_REQUIRED"))) {
      return fail(message);
    }
    assumeTrue(false, message);
    return etcd;
  }

  static Path etcd() {
    String directory = setting("KVORUM_PEERS_DIR");
    Path peers = directory == null
        ? Path.of(System.getProperty("user.home"), ".cache", "kvorum", "peers")
        : Path.of(directory);
    return peers.resolve("bin").resolve("etcd");
  }

  private static @Nullable String setting(String name) {
    String property = System.getProperty(name);
    return property != null ? property : System.getenv(name);
  }
}
