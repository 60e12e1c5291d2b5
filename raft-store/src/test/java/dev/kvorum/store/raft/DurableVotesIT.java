package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.util.AtomicFileOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The class that keeps votes: ours, in the place of Ratis' own. */
class DurableVotesIT {
  @TempDir
  Path root;

  @AfterEach
  void noListener() {
    AtomicFileOutputStream.setDirectorySyncListener(null);
  }

  @Test
  void oursIsTheOneThatIsLoaded() {
    assertThatCode(RatisServer::requireDurableVotes).doesNotThrowAnyException();
  }

  @Test
  void theDirectoryIsSyncedAfterTheFileHasItsName() throws IOException {
    Path file = root.resolve("raft-meta");
    List<String> seen = new ArrayList<>();
    AtomicFileOutputStream.setDirectorySyncListener(directory -> {
      if (directory.equals(root)) {
        seen.add(read(file));
      }
    });
    try (AtomicFileOutputStream out = new AtomicFileOutputStream(file.toFile())) {
      out.write(new byte[] {'t', '1'});
      assertThat(file).doesNotExist();
    }
    try (AtomicFileOutputStream out = new AtomicFileOutputStream(file.toFile())) {
      out.write('t');
      out.write('2');
      assertThat(read(file)).isEqualTo("t1");
      assertThat(out.isClosed()).isFalse();
    }
    assertThat(seen).containsExactly("t1", "t2");
    assertThat(AtomicFileOutputStream.getTemporaryFile(file.toFile())).doesNotExist();
  }

  @Test
  void anAbortedFileLeavesTheOldOne() throws IOException {
    Path file = root.resolve("f");
    Files.writeString(file, "old");
    AtomicFileOutputStream out = new AtomicFileOutputStream(file.toFile());
    out.write('n');
    out.abort();
    out.close();
    assertThat(read(file)).isEqualTo("old");
    assertThat(AtomicFileOutputStream.getTemporaryFile(file.toFile())).doesNotExist();
  }

  @Test
  void ratisVotesThroughIt() {
    List<Path> synced = new java.util.concurrent.CopyOnWriteArrayList<>();
    AtomicFileOutputStream.setDirectorySyncListener(synced::add);
    try (TestCluster cluster = new TestCluster(root, 1).startAll()) {
      cluster.awaitLeader();
      assertThat(synced)
          .anyMatch(directory -> directory.startsWith(root) && directory.endsWith("current"));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
