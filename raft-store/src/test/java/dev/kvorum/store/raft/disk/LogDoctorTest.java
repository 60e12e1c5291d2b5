package dev.kvorum.store.raft.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogDoctorTest {
  private static final int PREALLOCATED = 64 << 10;

  @TempDir
  Path raft;

  private final LogDoctor doctor = new LogDoctor(1 << 20);
  private Path current;
  private Path open;

  @BeforeEach
  void directories() throws IOException {
    current = Files.createDirectories(raft.resolve("group").resolve("current"));
    open = current.resolve("log_inprogress_10");
  }

  @Test
  void aLogThatWasLeftInOrderStaysAsItIs() throws IOException {
    byte[] content = segment(record(100), record(2000), record(1));
    Files.write(open, content);
    doctor.examine(raft);
    assertThat(open).hasBinaryContent(content);
  }

  @Test
  void anEmptySegmentIsFine() throws IOException {
    Files.write(open, segment());
    doctor.examine(raft);
    Files.write(open, new byte[3]);
    doctor.examine(raft);
    Files.write(open, new byte[0]);
    doctor.examine(raft);
  }

  @Test
  void aLastRecordWithASectorThatWasNeverWrittenIsCutOff() throws IOException {
    byte[] good = segment(record(100));
    byte[] content = segment(record(100), record(5000));
    byte[] torn = content.clone();
    Arrays.fill(torn, 1024, 1536, (byte) 0);
    Files.write(open, torn);
    doctor.examine(raft);
    assertThat(Files.readAllBytes(open)).isEqualTo(Arrays.copyOf(good, 8 + record(100).length));
    try (Stream<Path> files = Files.list(current)) {
      List<Path> copies =
          files.filter(file -> file.toString().contains(".torn-")).toList();
      assertThat(copies).singleElement().satisfies(copy -> assertThat(copy).hasBinaryContent(torn));
    }
  }

  @Test
  void aLastRecordOfWhichOnlyTheFirstSectorsWereWrittenIsCutOff() throws IOException {
    byte[] content = segment(record(100), record(5000));
    Arrays.fill(content, 2048, content.length, (byte) 0);
    Files.write(open, content);
    doctor.examine(raft);
    assertThat(Files.size(open)).isEqualTo(8 + record(100).length);
  }

  @Test
  void aFlippedBitInTheMiddleIsDamage() throws IOException {
    byte[] content = segment(record(100), record(2000), record(1));
    content[700] ^= 4;
    Files.write(open, content);
    refuses();
    assertThat(open).hasBinaryContent(content);
  }

  @Test
  void aZeroSectorInTheMiddleIsDamage() throws IOException {
    byte[] content = segment(record(100), record(5000), record(10));
    Arrays.fill(content, 1024, 1536, (byte) 0);
    Files.write(open, content);
    refuses();
  }

  @Test
  void aFlippedBitInTheLastRecordIsDamage() throws IOException {
    // All of its sectors were written, so it may have been acknowledged.
    byte[] content = segment(record(100), record(2000));
    content[700] ^= 4;
    Files.write(open, content);
    refuses();
  }

  @Test
  void somethingBehindTheEndIsDamage() throws IOException {
    byte[] content = segment(record(100));
    content[30_000] = 1;
    Files.write(open, content);
    refuses();
  }

  @Test
  void aRecordCutShortByTheEndOfTheFileIsLeftToRatis() throws IOException {
    byte[] content = Arrays.copyOf(segment(record(100), record(2000)), 1000);
    Files.write(open, content);
    assertThatCode(() -> doctor.examine(raft)).doesNotThrowAnyException();
    assertThat(open).hasBinaryContent(content);
  }

  @Test
  void aLogThatTheStateOnDiskCoversIsDropped() throws IOException {
    Path closed = current.resolve("log_0-9");
    Files.write(closed, segment());
    Files.write(open, segment(record(5), record(5))); // 10 and 11
    doctor.dropCovered(raft, 11);
    assertThat(open).exists();
    doctor.dropCovered(raft, 12);
    assertThat(open).doesNotExist();
    assertThat(closed).doesNotExist();
  }

  private void refuses() {
    assertThatThrownBy(() -> doctor.examine(raft))
        .isInstanceOf(UnusableDataException.class)
        .hasMessageContaining("log_inprogress_10")
        .hasMessageContaining("add it again");
  }

  private static byte[] segment(byte[]... records) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write("RaftLog1".getBytes(StandardCharsets.US_ASCII));
    for (byte[] record : records) {
      out.write(record);
    }
    return Arrays.copyOf(out.toByteArray(), PREALLOCATED);
  }

  /** As Ratis writes it: varint length, bytes, CRC-32C of both. */
  private static byte[] record(int length) {
    ByteBuffer buffer = ByteBuffer.allocate(length + 16);
    int rest = length;
    while (rest > 0x7f) {
      buffer.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    buffer.put((byte) rest);
    for (int i = 0; i < length; i++) {
      buffer.put((byte) (i % 251 + 1));
    }
    CRC32C checksum = new CRC32C();
    checksum.update(buffer.array(), 0, buffer.position());
    buffer.putInt((int) checksum.getValue());
    return Arrays.copyOf(buffer.array(), buffer.position());
  }
}
