package dev.kvorum.store.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.testing.Seeds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BackupTest {
  @TempDir
  Path root;

  static LongStream seeds() {
    return Seeds.upTo(30);
  }

  private Path directory(Random random) throws IOException {
    Path directory = Files.createDirectory(root.resolve("d"));
    for (int i = random.nextInt(6); i > 0; i--) {
      byte[] content = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(3000)];
      random.nextBytes(content);
      Files.write(directory.resolve("00" + i + ".sst"), content);
    }
    return directory;
  }

  private static byte[] backup(Path directory, int pieceBytes) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (BackupWriter writer = new BackupWriter(directory, -1, 2, "1.0")) {
      long payload = writer.payloadBytes();
      assertThat(payload % 512).isZero();
      byte[] piece = writer.read(pieceBytes);
      while (piece.length > 0) {
        if (all.size() < payload) {
          assertThat(piece.length).isEqualTo((int) Math.min(pieceBytes, payload - all.size()));
        } else {
          assertThat(piece).hasSize(32);
        }
        all.write(piece);
        piece = writer.read(pieceBytes);
      }
      assertThat(all.size()).isEqualTo((int) payload + 32);
      assertThat(writer.read(pieceBytes)).isEmpty();
    }
    return all.toByteArray();
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(root.resolve("backup"), content);
  }

  private BackupHeader extract(byte[] backup, boolean check) throws IOException {
    Path target = Files.createTempDirectory(root, "out");
    return BackupReader.extract(file(backup), target, check, bytes -> {});
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void whatIsWrittenIsReadWhateverThePieces(long seed) throws IOException {
    Random random = new Random(seed);
    Path directory = directory(random);
    byte[] backup = backup(directory, 1 << 20);
    assertThat(backup(directory, 32 + random.nextInt(2000))).isEqualTo(backup);
    Path target = Files.createDirectory(root.resolve("target"));

    BackupHeader header = BackupReader.extract(file(backup), target, true, bytes -> {});

    assertThat(header.clusterId()).isEqualTo(-1);
    assertThat(header.version()).isEqualTo("1.0");
    try (var files = Files.list(directory)) {
      for (Path each : files.toList()) {
        assertThat(target.resolve(each.getFileName())).hasSameBinaryContentAs(each);
      }
    }
    try (var files = Files.list(target)) {
      assertThat(files.count()).isEqualTo(header.files().size());
    }
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void noDamageGoesUnnoticed(long seed) throws IOException {
    Random random = new Random(seed);
    byte[] backup = backup(directory(random), 1 << 20);
    for (int i = 0; i < 20; i++) {
      byte[] damaged = backup.clone();
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      assertThatThrownBy(() -> extract(damaged, true)).isInstanceOf(DamagedBackupException.class);
      byte[] cut = Arrays.copyOf(backup, random.nextInt(backup.length));
      assertThatThrownBy(() -> extract(cut, true)).isInstanceOf(DamagedBackupException.class);
    }
  }

  @Test
  void damageIsNamed() throws IOException {
    Path directory = Files.createDirectory(root.resolve("d"));
    Files.write(directory.resolve("a.sst"), new byte[1000]);
    Files.write(directory.resolve("b.sst"), new byte[1000]);
    byte[] backup = backup(directory, 4096);
    byte[] inFile = backup.clone();
    inFile[1500]++;
    assertThatThrownBy(() -> extract(inFile, true))
        .hasMessageContaining("the file b.sst in it, bytes ");
    assertThat(extract(inFile, false).files()).hasSize(2);
    byte[] inDigest = backup.clone();
    inDigest[backup.length - 1]++;
    assertThatThrownBy(() -> extract(inDigest, true)).hasMessageContaining("its SHA-256 is ");
    assertThatThrownBy(() -> extract(Arrays.copyOf(backup, 2000), true))
        .hasMessageContaining("it has 2000 of " + backup.length + " bytes");
    byte[] withoutDigest = Arrays.copyOf(backup, backup.length - 32);
    assertThatThrownBy(() -> extract(withoutDigest, true))
        .hasMessageContaining("snapshot missing hash but --skip-hash-check=false");
    assertThat(extract(withoutDigest, false).files()).hasSize(2);
    assertThatThrownBy(() -> extract(new byte[10_000], true))
        .hasMessageContaining("this is no Kvorum snapshot");
  }

  @ParameterizedTest
  @CsvSource({"../evil", "a/b", ".", ".."})
  void namesLeadNowhereElse(String name) throws IOException {
    BackupHeader header = new BackupHeader(
        1, 2, "", java.util.List.of(new BackupHeader.Entry(name == null ? "" : name, 0)));
    byte[] backup = Arrays.copyOf(header.encode(), (int) header.payloadBytes() + 32);

    assertThatThrownBy(() -> extract(backup, false))
        .isInstanceOf(DamagedBackupException.class)
        .hasMessageContaining("header is damaged");
  }
}
