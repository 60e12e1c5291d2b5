package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.put;
import static dev.kvorum.store.raft.TestCluster.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.raft.disk.DurableFiles;
import dev.kvorum.store.raft.disk.UnusableDataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A member that cannot go on ends, loudly; it does not linger as a process that serves nothing. */
class FatalIT {
  @TempDir
  Path root;

  @Test
  void theProcessEndsWhenRatisHasStopped() {
    int port = TestCluster.freePorts(1).get(0);
    Map<String, List<String>> alone = Map.of("m0", List.of("http://127.0.0.1:" + port));
    try (MemberProcess member = new MemberProcess(root, alone, "m0")) {
      assertThat(member.hear()).isEqualTo("open");
      assertThat(member.ask("put k v")).startsWith("ok");
      member.tell("stop-ratis");
      assertThat(member.exitStatus()).isEqualTo(70);
    }
  }

  @Test
  void aLogThatCannotBeWrittenIsTheEnd() throws IOException {
    try (TestCluster cluster = new TestCluster(root, 1, b -> b.logSegmentBytes(4096)).startAll()) {
      put(cluster.store(0), "k", "v");
      Path current;
      try (Stream<Path> files = Files.walk(cluster.directory(0).resolve("raft"))) {
        current = files.filter(file -> file.endsWith("current")).findFirst().orElseThrow();
      }
      DurableFiles.deleteTree(current); // the next file of the log cannot be made
      until("the end", () -> {
        var unanswered = cluster
            .store(0)
            .put(PutRequest.of(Bytes.utf8("k"), Bytes.wrap(new byte[1000])), CallContext.inline());
        assertThat(unanswered).isNotNull();
        return !cluster.fatals.isEmpty();
      });
    }
  }

  @Test
  void aDamagedLogIsRefusedWithWordsForTheOperator() throws IOException {
    try (TestCluster cluster = new TestCluster(root, 1).startAll()) {
      put(cluster.store(0), "a", "1");
      put(cluster.store(0), "b", "2");
      cluster.stop(0);
      Path segment;
      try (Stream<Path> files = Files.walk(cluster.directory(0).resolve("raft"))) {
        segment = files
            .filter(file -> file.getFileName().toString().startsWith("log_"))
            .findFirst()
            .orElseThrow();
      }
      byte[] content = Files.readAllBytes(segment);
      content[60] ^= 1;
      Files.write(segment, content);
      RaftConfig config = cluster.config(0);
      assertThatThrownBy(() -> RaftKvStore.open(config))
          .isInstanceOf(UnusableDataException.class)
          .hasMessageContaining("the Raft log is damaged")
          .hasMessageContaining("add it again as a new member");
    }
  }
}
