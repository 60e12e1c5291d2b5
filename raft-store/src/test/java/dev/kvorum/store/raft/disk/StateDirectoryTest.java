package dev.kvorum.store.raft.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  @TempDir
  Path root;

  @Test
  void aCopyIsInUseOnceCurrentNamesIt() throws IOException {
    StateDirectory state = StateDirectory.open(root);
    Path first = state.current();
    Files.writeString(first.resolve("x"), "old");
    Path arriving = state.temporary("snap");
    Files.createDirectory(arriving);
    Files.writeString(arriving.resolve("x"), "new");
    Path second = state.adopt(arriving);
    assertThat(StateDirectory.open(root).current()).isEqualTo(first);
    assertThat(second).doesNotExist(); // a restart before CURRENT names it drops it

    arriving = state.temporary("snap");
    Files.createDirectory(arriving);
    second = state.adopt(arriving);
    state.use(second);
    assertThat(first).exists(); // still open
    assertThat(StateDirectory.open(root).current()).isEqualTo(second);
    assertThat(first).doesNotExist();
  }

  @Test
  void temporaryDirectoriesDoNotSurviveAStart() throws IOException {
    StateDirectory state = StateDirectory.open(root);
    Path left = state.temporary("snap");
    Files.createDirectory(left);
    Files.writeString(left.resolve("x"), "half");
    StateDirectory.open(root);
    assertThat(left).doesNotExist();
  }

  @Test
  void temporaryDirectoriesStayWhenCopiesAreReplaced() throws IOException {
    StateDirectory state = StateDirectory.open(root);
    Path backup = state.temporary("backup");
    Files.createDirectory(backup);
    Path arriving = state.temporary("snap");
    Files.createDirectory(arriving);
    Path first = state.current();
    state.use(state.adopt(arriving));
    state.deleteUnused();
    assertThat(first).doesNotExist();
    assertThat(backup).exists();
  }

  @Test
  void aPointerToNothingIsRefused() throws IOException {
    StateDirectory state = StateDirectory.open(root);
    DurableFiles.deleteTree(state.current());
    assertThatThrownBy(() -> StateDirectory.open(root))
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("CURRENT names db-000001");
  }
}
