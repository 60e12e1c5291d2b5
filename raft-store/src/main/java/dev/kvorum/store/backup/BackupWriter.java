package dev.kvorum.store.backup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a backup of a directory, piece by piece: whoever takes the pieces sets the pace, and no more than one is in
 * memory. The directory must not change meanwhile. Not thread-safe.
 */
public final class BackupWriter implements AutoCloseable {
  private final Path directory;
  private final BackupHeader header;
  private final MessageDigest total = Digests.sha256();
  private MessageDigest ofFile = Digests.sha256();
  private int nextFile;
  private long leftInFile;
  private @Nullable InputStream file;

  /** What is ready to be handed out before anything else is read. */
  private byte[] ready;

  private int readyAt;
  private Step step = Step.HEADER;

  private enum Step {
    HEADER,
    FILES,
    PADDING,
    DIGEST,
    END
  }

  /**
   * Looks at the directory; reads nothing yet.
   *
   * @param version of this program
   */
  public BackupWriter(Path directory, long clusterId, long memberId, String version)
      throws IOException {
    this.directory = directory;
    List<Path> paths;
    try (Stream<Path> list = Files.list(directory)) {
      paths = list.sorted().toList();
    }
    List<BackupHeader.Entry> files = new ArrayList<>();
    for (Path path : paths) {
      files.add(new BackupHeader.Entry(String.valueOf(path.getFileName()), Files.size(path)));
    }
    header = new BackupHeader(clusterId, memberId, version, files);
    ready = header.encode();
  }

  /** How many bytes there are before the last digest; a multiple of 512. */
  public long payloadBytes() {
    return header.payloadBytes();
  }

  /**
   * The next bytes: {@code maxBytes} of them, fewer only where the payload ends; then the digest by itself; then none.
   *
   * @param maxBytes at least 32
   */
  public byte[] read(int maxBytes) throws IOException {
    byte[] piece = new byte[maxBytes];
    int length = 0;
    while (length < maxBytes && hasMorePayload()) {
      length += some(piece, length);
    }
    if (length > 0) {
      total.update(piece, 0, length);
      return length == maxBytes ? piece : Arrays.copyOf(piece, length);
    }
    if (step == Step.DIGEST) {
      step = Step.END;
      return total.digest();
    }
    return new byte[0];
  }

  private boolean hasMorePayload() {
    return readyAt < ready.length || (step != Step.DIGEST && step != Step.END);
  }

  /** Puts what comes next into {@code piece}; how many bytes, none if only the step changed. */
  private int some(byte[] piece, int at) throws IOException {
    if (readyAt < ready.length) {
      int length = Math.min(ready.length - readyAt, piece.length - at);
      System.arraycopy(ready, readyAt, piece, at, length);
      readyAt += length;
      return length;
    }
    InputStream current = file;
    if (current != null && leftInFile > 0) {
      int length = current.readNBytes(piece, at, (int) Math.min(leftInFile, piece.length - at));
      if (length == 0) {
        throw new IOException("a file became shorter while it was read: "
            + header.files().get(nextFile - 1).name());
      }
      ofFile.update(piece, at, length);
      leftInFile -= length;
      return length;
    }
    advance();
    return 0;
  }

  private void advance() throws IOException {
    switch (step) {
      case HEADER -> step = Step.FILES;
      case FILES -> {
        InputStream done = file;
        if (done != null) {
          done.close();
          file = null;
          handOut(ofFile.digest());
        } else if (nextFile < header.files().size()) {
          BackupHeader.Entry next = header.files().get(nextFile++);
          file = Files.newInputStream(directory.resolve(next.name()));
          leftInFile = next.bytes();
          ofFile = Digests.sha256();
        } else {
          step = Step.PADDING;
        }
      }
      case PADDING -> {
        handOut(new byte[header.padding()]);
        step = Step.DIGEST;
      }
      case DIGEST, END -> throw new IllegalStateException("nothing comes after the payload");
    }
  }

  private void handOut(byte[] bytes) {
    ready = bytes;
    readyAt = 0;
  }

  @Override
  public void close() throws IOException {
    step = Step.END;
    handOut(new byte[0]);
    InputStream open = file;
    if (open != null) {
      file = null;
      open.close();
    }
  }
}
