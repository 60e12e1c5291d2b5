package dev.kvorum.store.raft.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir
  Path temporary;

  private Path root;

  @BeforeEach
  void root() {
    root = temporary.resolve("some").resolve("data");
  }

  private DataDirectory open() throws IOException {
    return DataDirectory.open(root, 0xc1, 0xa1, "m1");
  }

  @Test
  void itRemembersWhoseItIsAndCountsStarts() throws IOException {
    String disk;
    try (DataDirectory first = open()) {
      assertThat(first.isFresh()).isTrue();
      assertThat(first.incarnation()).isEqualTo(1);
      disk = first.identity().diskId();
      assertThat(disk).hasSize(32);
      first.markStarted();
    }
    try (DataDirectory second = open()) {
      assertThat(second.isFresh()).isFalse();
      assertThat(second.incarnation()).isEqualTo(2);
      assertThat(second.identity()).isEqualTo(new Identity(0xc1, 0xa1, "m1", false, disk));
    }
  }

  @Test
  void onlyItsOwnerCanEnterIt() throws IOException {
    Files.createDirectories(root);
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    open().close();
    assertThat(Files.getPosixFilePermissions(root))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    assertThat(Files.getPosixFilePermissions(root.resolve("raft")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  void oneProcessHasItAtATime() throws IOException {
    try (DataDirectory held = open()) {
      assertThat(held.isFresh()).isTrue();
      assertThatThrownBy(this::open)
          .isInstanceOf(UnusableDataException.class)
          .hasMessageContaining("in use by another process");
    }
    open().close();
  }

  @Test
  void anotherClustersDirectoryIsRefused() throws IOException {
    open().close();
    assertThatThrownBy(() -> DataDirectory.open(root, 0xc2, 0xa1, "m1"))
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("belongs to cluster 00000000000000c1")
        .hasMessageContaining("configured for cluster 00000000000000c2");
    open().close(); // and it was let go again
  }

  @Test
  void anotherMembersDirectoryIsRefused() throws IOException {
    open().close();
    assertThatThrownBy(() -> DataDirectory.open(root, 0xc1, 0xa2, "m2"))
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("belongs to member m1 (00000000000000a1)");
  }

  @Test
  void aNewerFormatIsRefused() throws IOException {
    open().close();
    Path identity = root.resolve("IDENTITY");
    Files.writeString(identity, Files.readString(identity).replace("format=1", "format=2"));
    assertThatThrownBy(this::open)
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("newer version (format 2");
  }

  @Test
  void aDamagedIdentityIsRefused() throws IOException {
    open().close();
    Files.writeString(root.resolve("IDENTITY"), "format=1\ncluster=xyz\n");
    assertThatThrownBy(this::open)
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("IDENTITY is damaged");
  }

  @Test
  void filesOfOthersAreNotMixedWith() throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("something"), "else");
    assertThatThrownBy(this::open)
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("no IDENTITY file");
  }

  @Test
  void aLostPartIsNoticed() throws IOException {
    try (DataDirectory data = open()) {
      data.markStarted();
    }
    Files.delete(root.resolve("raft"));
    assertThatThrownBy(this::open)
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("lost its raft directory");
  }

  @Test
  void otherMembersDisksAreRememberedAcrossStarts() throws IOException {
    try (DataDirectory data = open()) {
      assertThat(data.disks().register(7, "d1")).isTrue();
      assertThat(data.disks().register(7, "d1")).isTrue();
      assertThat(data.disks().register(-8, "e1")).isTrue();
    }
    try (DataDirectory data = open()) {
      assertThat(data.disks().register(7, "d2")).isFalse();
      assertThat(data.disks().diskOf(7)).contains("d1");
      assertThat(data.disks().diskOf(-8)).contains("e1");
      assertThat(data.disks().diskOf(9)).isEmpty();
    }
  }
}
