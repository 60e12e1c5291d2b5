package dev.kvorum.store.raft.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * A member's directory, held by one process at a time.
 *
 * <pre>
 * IDENTITY   whose it is            BOOTS    how often it was started
 * LOCK       held while open        STARTED  there once the Raft log exists
 * DISK       this one's name, until IDENTITY has it
 * DISKS      disks of the others    raft/    the Raft log     state/   the replicated state
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
  /** Says whose a directory is. */
  public interface Owner {
    /**
     * Whose a new directory becomes; may take as long as others need to answer.
     *
     * @param diskId the directory's own name, the same one when this is asked again after a crash
     */
    Identity of(String diskId) throws IOException, InterruptedException;

    /**
     * Looks at whose a directory is.
     *
     * @param started whether the member ever took part
     * @throws UnusableDataException if that is not right
     */
    void check(Identity identity, boolean started) throws UnusableDataException;
  }

  private static final String IDENTITY = "IDENTITY";
  private static final String DISK = "DISK";
  private static final String BOOTS = "BOOTS";
  private static final String STARTED = "STARTED";
  private static final String LOCK = "LOCK";

  /** Certificates that members make themselves, before anything else is there. */
  private static final String CERTIFICATES = "fixtures";

  private final Path root;
  private final FileChannel lockFile;
  private final Identity identity;
  private final boolean fresh;
  private final long incarnation;
  private final DiskRegister disks;

  private DataDirectory(
      Path root,
      FileChannel lockFile,
      Identity identity,
      boolean fresh,
      long incarnation,
      DiskRegister disks) {
    this.root = root;
    this.lockFile = lockFile;
    this.identity = identity;
    this.fresh = fresh;
    this.incarnation = incarnation;
    this.disks = disks;
  }

  /**
   * Locks the directory, creating it if there is none, checks that it belongs to this member and counts the start.
   *
   * @throws UnusableDataException if another process has it, it is another member's or part of it is gone
   */
  public static DataDirectory open(Path root, long clusterId, long memberId, String name)
      throws IOException {
    Owner owner = new Owner() {
      @Override
      public Identity of(String diskId) {
        return new Identity(clusterId, memberId, name, false, diskId);
      }

      @Override
      public void check(Identity identity, boolean started) throws UnusableDataException {
        requireSame(root, identity, clusterId, memberId, name);
      }
    };
    try {
      return open(root, owner);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nothing was waited for", e);
    }
  }

  /**
   * As {@link #open(Path, long, long, String)}, of a member whose ids may have to be asked for.
   *
   * @throws InterruptedException if interrupted while {@code owner} waits for others
   */
  public static DataDirectory open(Path root, Owner owner)
      throws IOException, InterruptedException {
    DurableFiles.createDirectories(root);
    DurableFiles.restrict(root);
    FileChannel lockFile = lock(root);
    try {
      Path identityFile = root.resolve(IDENTITY);
      boolean known = Files.exists(identityFile);
      boolean started = Files.exists(root.resolve(STARTED));
      Identity identity;
      if (known) {
        identity = Identity.decode(Files.readAllBytes(identityFile), identityFile.toString());
        owner.check(identity, started);
      } else {
        refuseForeignFiles(root);
        identity = owner.of(diskId(root));
        DurableFiles.write(identityFile, identity.encode());
      }
      if (started) {
        requirePart(root, "raft");
        requirePart(root, "state");
      }
      DataDirectory directory = new DataDirectory(
          root,
          lockFile,
          identity,
          !started,
          countBoot(root),
          DiskRegister.open(root.resolve("DISKS")));
      DurableFiles.createDirectories(directory.raft());
      DurableFiles.createDirectories(directory.state());
      return directory;
    } catch (IOException | InterruptedException | RuntimeException e) {
      try (lockFile) {
        throw e;
      }
    }
  }

  /**
   * Writes to a directory that nobody uses yet whose it is going to be, and which copy of the state it begins with.
   *
   * @param copy the name of a directory below {@code state}, which is complete and on disk
   */
  public static void prepare(Path root, long clusterId, long memberId, String name, String copy)
      throws IOException {
    DurableFiles.restrict(root);
    DurableFiles.createDirectories(root.resolve("raft"));
    StateDirectory.name(root.resolve("state"), copy);
    DurableFiles.write(
        root.resolve(IDENTITY),
        new Identity(clusterId, memberId, name, false, newDiskId()).encode());
  }

  public Identity identity() {
    return identity;
  }

  /** Whether no Raft log has been here yet: the member may be new, or its disk may have been emptied. */
  public boolean isFresh() {
    return fresh;
  }

  /** How often this directory was opened, this time included; grows with every start. */
  public long incarnation() {
    return incarnation;
  }

  /** The disks that other members were seen with. */
  public DiskRegister disks() {
    return disks;
  }

  /** Where the Raft log goes. */
  public Path raft() {
    return root.resolve("raft");
  }

  /** Where the Raft logs of groups that were removed go. */
  public Path removedRaft() {
    return root.resolve("raft-removed");
  }

  /** Where the replicated state goes. */
  public Path state() {
    return root.resolve("state");
  }

  /** Says that a Raft log exists: from now on its absence means that it was lost. */
  public void markStarted() throws IOException {
    if (fresh) {
      DurableFiles.write(root.resolve(STARTED), new byte[0]);
    }
  }

  /** Releases the lock. */
  @Override
  public void close() throws IOException {
    lockFile.close();
  }

  private static FileChannel lock(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(root.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null; // held by this process: the same answer as by another
    } catch (IOException e) {
      try (channel) {
        throw e;
      }
    }
    if (lock == null) {
      channel.close();
      throw new UnusableDataException("data directory " + root + " is in use by another process");
    }
    return channel;
  }

  /**
   * Refuses a directory of another cluster or member.
   *
   * @throws UnusableDataException saying whose it is
   */
  public static void requireSame(
      Path root, Identity identity, long clusterId, long memberId, String name)
      throws UnusableDataException {
    HexFormat hex = HexFormat.of();
    if (identity.clusterId() != clusterId) {
      throw new UnusableDataException("data directory " + root + " belongs to cluster "
          + hex.toHexDigits(identity.clusterId()) + ", this member is configured for cluster "
          + hex.toHexDigits(clusterId)
          + ": check the data directory, the initial cluster and its token");
    }
    if (identity.memberId() != memberId) {
      throw new UnusableDataException("data directory " + root + " belongs to member "
          + identity.name() + " (" + hex.toHexDigits(identity.memberId()) + "), this is member "
          + name + " (" + hex.toHexDigits(memberId)
          + "): check the data directory and the advertised peer URLs");
    }
  }

  /** A directory with files but no identity is somebody else's, or has lost the file that says whose it is. */
  private static void refuseForeignFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      if (files.anyMatch(file -> !isOwnLeftover(root.relativize(file).toString()))) {
        throw new UnusableDataException(
            "data directory " + root
                + " is not empty and has no IDENTITY file: it was not made by this program or is damaged");
      }
    }
  }

  private static boolean isOwnLeftover(String name) {
    return name.equals(LOCK)
        || name.equals(IDENTITY + ".tmp")
        || name.equals(DISK)
        || name.equals(DISK + ".tmp")
        || name.equals(CERTIFICATES)
        || name.equals("lost+found");
  }

  private static void requirePart(Path root, String part) throws UnusableDataException {
    if (!Files.isDirectory(root.resolve(part))) {
      throw new UnusableDataException(
          "data directory " + root + " has lost its " + part
              + " directory: remove this member from the cluster and add it again with an empty directory");
    }
  }

  private static long countBoot(Path root) throws IOException {
    Path file = root.resolve(BOOTS);
    long boots = 0;
    if (Files.exists(file)) {
      String text = Files.readString(file).strip();
      try {
        boots = Long.parseLong(text);
      } catch (NumberFormatException e) {
        throw new UnusableDataException(file + " is damaged: " + text, e);
      }
    }
    DurableFiles.write(file, Long.toString(boots + 1).getBytes(StandardCharsets.UTF_8));
    return boots + 1;
  }

  /** Kept from the moment on at which others may hear of it. */
  private static String diskId(Path root) throws IOException {
    Path file = root.resolve(DISK);
    if (Files.exists(file)) {
      return Files.readString(file).strip();
    }
    String id = newDiskId();
    DurableFiles.write(file, id.getBytes(StandardCharsets.UTF_8));
    return id;
  }

  private static String newDiskId() {
    byte[] id = new byte[16];
    new SecureRandom().nextBytes(id);
    return HexFormat.of().formatHex(id);
  }
}
