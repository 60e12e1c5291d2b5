package dev.kvorum.apiserver;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/** What Go's module cache has once the peers were built ({@code .ci/peers/fetch --only kube}). */
public final class GoModules {
  private GoModules() {}

  /**
   * A folder of a module; without it the test is skipped, or fails if {@code KVORUM_PEERS_REQUIRED=true}.
   *
   * @param module as {@code k8s.io/api}
   * @param version as {@code v0.36.3}
   */
  public static Path folder(String module, String version, String folder) {
    Path found = cache().resolve(module + "@" + version).resolve(folder);
    // Go marks a module that it is still unpacking.
    Path unpacking =
        cache().resolve("cache/download").resolve(module).resolve("@v/" + version + ".partial");
    if (!Files.isDirectory(found) || Files.exists(unpacking)) {
      String message = found + " is not there; .ci/peers/fetch --only kube brings it";
      if ("true".equals(System.getenv("KVORUM_PEERS_REQUIRED"))) {
        throw new AssertionError(message);
      }
      abort(message);
    }
    return found;
  }

  private static Path cache() {
    String cache = System.getenv("GOMODCACHE");
    if (cache != null && !cache.isEmpty()) {
      return Path.of(cache);
    }
    String path = System.getenv("GOPATH");
    return path != null && !path.isEmpty()
        ? Path.of(path, "pkg", "mod")
        : Path.of(System.getProperty("user.home"), "go", "pkg", "mod");
  }
}
