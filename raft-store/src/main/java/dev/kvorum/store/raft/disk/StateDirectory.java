package dev.kvorum.store.raft.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Where the replicated state is: a directory per copy, and a file that names the one in use.
 *
 * <pre>
 * CURRENT        "db-000007"
 * db-000007/     the engine's files
 * db-000008/     a snapshot that was received in full; in use once CURRENT names it
 * snap-3.tmp/    a snapshot being received
 * out-1.tmp/     a copy being sent
 * </pre>
 *
 * <p>Whatever CURRENT does not name is of no use after a restart and is deleted then, so that a crash between any two
 * steps leaves a directory that can be started. Thread-safe.
 */
public final class StateDirectory {
  private static final String CURRENT = "CURRENT";
  private static final String PREFIX = "db-";

  private final Path root;
  private String current;
  private long lastNumber;
  private long temporaries;

  private StateDirectory(Path root, String current, long lastNumber) {
    this.root = root;
    this.current = current;
    this.lastNumber = lastNumber;
  }

  /** Finds the copy in use, or names a first one, and deletes everything else. */
  public static StateDirectory open(Path root) throws IOException {
    Path pointer = root.resolve(CURRENT);
    String current;
    if (Files.exists(pointer)) {
      current = Files.readString(pointer).strip();
      if (!current.matches(PREFIX + "\\d+") || !Files.isDirectory(root.resolve(current))) {
        throw new UnusableDataException(
            "state directory " + root + " is damaged: CURRENT names " + current
                + ". Remove this member from the cluster and add it again with an empty directory");
      }
    } else {
      List<Path> copies = new ArrayList<>();
      try (Stream<Path> files = Files.list(root)) {
        files
            .filter(file -> String.valueOf(file.getFileName()).startsWith(PREFIX))
            .forEach(copies::add);
      }
      // The pointer is written before anything is stored in the first copy; without it there was
      // none.
      for (Path copy : copies) {
        DurableFiles.deleteTree(copy);
      }
      current = name(1);
      DurableFiles.createDirectories(root.resolve(current));
      DurableFiles.write(pointer, current.getBytes(StandardCharsets.UTF_8));
    }
    long number = Long.parseLong(current.substring(PREFIX.length()));
    StateDirectory directory = new StateDirectory(root, current, number);
    directory.delete(name -> !name.equals(CURRENT) && !name.equals(directory.current));
    return directory;
  }

  /** The name of the first copy. */
  public static String firstName() {
    return name(1);
  }

  /** Lets {@code copy} be the one in use in a directory that nobody uses yet; durable when it returns. */
  static void name(Path root, String copy) throws IOException {
    DurableFiles.syncDirectory(root);
    DurableFiles.write(root.resolve(CURRENT), copy.getBytes(StandardCharsets.UTF_8));
  }

  /** The copy in use. */
  public synchronized Path current() {
    return root.resolve(current);
  }

  /** A name for a directory that does not exist; its user deletes it, or else the next start. */
  public synchronized Path temporary(String what) {
    temporaries++;
    return root.resolve(what + "-" + temporaries + ".tmp");
  }

  /**
   * Gives a complete copy, on disk file by file, a name of its own.
   *
   * @return where it is now
   */
  public synchronized Path adopt(Path temporary) throws IOException {
    lastNumber++;
    Path copy = root.resolve(name(lastNumber));
    DurableFiles.syncDirectory(temporary);
    DurableFiles.move(temporary, copy);
    return copy;
  }

  /** Makes {@code copy} the one in use after the next start; durable when it returns. */
  public synchronized void use(Path copy) throws IOException {
    String name = String.valueOf(copy.getFileName());
    DurableFiles.write(root.resolve(CURRENT), name.getBytes(StandardCharsets.UTF_8));
    current = name;
  }

  /** Deletes every copy but the one in use. Temporary directories belong to whoever asked for them. */
  public synchronized void deleteUnused() throws IOException {
    delete(name -> name.startsWith(PREFIX) && !name.equals(current));
  }

  private void delete(Predicate<String> unused) throws IOException {
    List<Path> found;
    try (Stream<Path> files = Files.list(root)) {
      found =
          files.filter(file -> unused.test(String.valueOf(file.getFileName()))).toList();
    }
    for (Path file : found) {
      DurableFiles.deleteTree(file);
    }
  }

  private static String name(long number) {
    return PREFIX + String.format("%06d", number);
  }
}
