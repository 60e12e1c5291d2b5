package dev.kvorum.store.raft.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DurableFilesTest {
  @TempDir
  Path root;

  @Test
  void directoriesWithACommonParentAreCreatedAtTheSameMoment() throws Exception {
    int members = 4;
    CyclicBarrier together = new CyclicBarrier(members);
    try (ExecutorService threads = Executors.newFixedThreadPool(members)) {
      for (int round = 0; round < 200; round++) {
        Path parent = root.resolve("round" + round);
        List<Future<Path>> created = IntStream.range(0, members)
            .mapToObj(member -> threads.submit(() -> {
              Path directory = parent.resolve("member" + member);
              together.await();
              DurableFiles.createDirectories(directory);
              return directory;
            }))
            .toList();
        for (Future<Path> each : created) {
          assertThat(each.get()).isDirectory();
        }
      }
    }
  }

  @Test
  void aFileIsNotTakenForADirectory() throws Exception {
    Path file = Files.createFile(root.resolve("file"));
    assertThatThrownBy(() -> DurableFiles.createDirectories(file))
        .isInstanceOf(FileAlreadyExistsException.class);
  }
}
