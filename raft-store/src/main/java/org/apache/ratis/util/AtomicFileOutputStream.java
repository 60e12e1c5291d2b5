package org.apache.ratis.util;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that appears under its name only when it is complete and on disk; takes the place of Ratis' class of this name.
 *
 * <p>Ratis keeps a member's term and vote in such a file. Its own class syncs the file but not the directory after the
 * rename, so a power cut can bring the older file back: a forgotten vote, and with it two leaders in one term. This class
 * has the same API and also syncs the directory before {@link #close} returns. It only works when it comes before
 * ratis-common on the class path, which {@link #syncsDirectory} lets the store check when it starts.
 */
@NullMarked
public final class AtomicFileOutputStream extends FilterOutputStream {
  public static final String TMP_EXTENSION = ".tmp";

  private static final Logger LOG = LoggerFactory.getLogger(AtomicFileOutputStream.class);

  private static volatile @Nullable DirectorySyncListener listener;

  /** Told of each directory that was synced; for tests. */
  public interface DirectorySyncListener {
    void synced(Path directory);
  }

  private final Path target;
  private final Path temporary;
  private final AtomicBoolean closed = new AtomicBoolean();

  public AtomicFileOutputStream(File outFile) throws IOException {
    this(outFile, getTemporaryFile(outFile));
  }

  public AtomicFileOutputStream(File outFile, File tmpFile) throws IOException {
    this(outFile.toPath().toAbsolutePath(), tmpFile.toPath().toAbsolutePath());
  }

  private AtomicFileOutputStream(Path target, Path temporary) throws IOException {
    super(open(temporary));
    this.target = target;
    this.temporary = temporary;
  }

  public static File getTemporaryFile(File outFile) {
    return new File(outFile.getParentFile(), outFile.getName() + TMP_EXTENSION);
  }

  /** True; a method that Ratis' own class lacks, so that calling it proves which of the two was loaded. */
  public static boolean syncsDirectory() {
    return true;
  }

  /** Sets who is told of directory syncs; null for nobody. For tests. */
  public static void setDirectorySyncListener(@Nullable DirectorySyncListener newListener) {
    listener = newListener;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out.write(bytes, offset, length);
  }

  public boolean isClosed() {
    return closed.get();
  }

  /** Syncs the content, gives the file its name and syncs the directory; durable when it returns. */
  @Override
  public void close() throws IOException {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      super.close();
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncParent(target);
    } catch (IOException | RuntimeException e) {
      deleteTemporary(e);
      throw e;
    }
  }

  /** Drops what was written; the file of that name, if any, stays as it was. */
  public void abort() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      out.close();
    } catch (IOException e) {
      LOG.warn("cannot close {}", temporary, e);
    } finally {
      deleteTemporary(null);
    }
  }

  private void deleteTemporary(@Nullable Exception cause) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      if (cause == null) {
        LOG.warn("cannot delete {}", temporary, e);
      } else {
        cause.addSuppressed(e);
      }
    }
  }

  private static void syncParent(Path file) throws IOException {
    Path directory = file.getParent();
    if (directory == null) {
      return;
    }
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
    DirectorySyncListener current = listener;
    if (current != null) {
      current.synced(directory);
    }
  }

  private static OutputStream open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(
        file,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
    OutputStream stream = java.nio.channels.Channels.newOutputStream(channel);
    return new FilterOutputStream(stream) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        try (channel) {
          flush();
          channel.force(true);
        }
      }
    };
  }
}
