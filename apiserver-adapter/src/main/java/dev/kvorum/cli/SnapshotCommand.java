package dev.kvorum.cli;

import dev.kvorum.store.raft.SnapshotFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Copies of a store's state in a file. */
@Command(
    name = "snapshot",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Saves a store's state to a file, looks into such a file, begins a new cluster with it.",
    subcommands = {
      SnapshotCommand.Save.class,
      SnapshotCommand.Status.class,
      SnapshotCommand.Restore.class
    })
final class SnapshotCommand {
  private SnapshotCommand() {}

  /** What every subcommand needs. */
  abstract static class OnFile implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "the snapshot")
    private Path file = Path.of("snapshot.db");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public final Integer call() {
      try {
        run(file.toAbsolutePath().normalize());
        return 0;
      } catch (IOException | UncheckedIOException failure) {
        err().println("Error: " + failure.getMessage());
        err().flush();
        return 1;
      }
    }

    abstract void run(Path snapshot) throws IOException;

    final PrintWriter out() {
      return spec.commandLine().getOut();
    }

    final PrintWriter err() {
      return spec.commandLine().getErr();
    }
  }

  @Command(
      name = "save",
      mixinStandardHelpOptions = true,
      description = "Saves the state of the member at an endpoint. Writes go on meanwhile.")
  static final class Save extends OnFile {
    @Option(
        names = "--endpoints",
        paramLabel = "URL",
        description = "the member, exactly one (default: KVORUM_ENDPOINTS, ETCDCTL_ENDPOINTS, or"
            + " 127.0.0.1:2379)")
    private String endpoints = "";

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions(System.getenv());

    @Mixin
    private LoginOptions login = new LoginOptions(System.getenv());

    @Override
    void run(Path snapshot) throws IOException {
      String given = endpoints.isEmpty()
          ? ConnectionOptions.variable(System.getenv(), "ENDPOINTS")
          : endpoints;
      if (given.contains(",")) {
        throw new UsageException(
            "snapshot must be requested to one selected node, not multiple [" + given + "]");
      }
      Endpoint endpoint =
          connection.endpoint("endpoints", given.isEmpty() ? "127.0.0.1:2379" : given);
      Progress progress = new Progress(err(), "saved");
      String version = SnapshotDownload.from(
          endpoint, connection.tls(endpoint), login.login(), snapshot, progress);
      progress.done();
      out().println("Snapshot saved at " + snapshot);
      if (!version.isEmpty()) {
        out().println("Server version " + version);
      }
      out().flush();
    }
  }

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = {
        "Checks a snapshot and says what is in it: hash, revision, total keys, total size, version.",
        "The hash is the one that the member gave of that revision (etcdctl endpoint hashkv)."
      })
  static final class Status extends OnFile {
    /** How to print it. */
    enum Format {
      simple,
      json,
      table
    }

    @Option(
        names = {"-w", "--write-out"},
        defaultValue = "simple",
        description = "one of: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
    private Format format = Format.simple;

    @Override
    void run(Path snapshot) throws IOException {
      Path scratch = Files.createTempDirectory("kvorum-snapshot-");
      try {
        Progress progress = new Progress(err(), "checked");
        SnapshotFile.Summary summary = new SnapshotFile(snapshot).summary(scratch, progress);
        progress.done();
        out().print(SnapshotReport.of(summary, format));
        out().flush();
      } finally {
        Files.deleteIfExists(scratch);
      }
    }
  }

  @Command(
      name = "restore",
      mixinStandardHelpOptions = true,
      description = {
        "Makes the data directory of one member of a new cluster that begins with a snapshot.",
        "Restore every member of it from the same snapshot, each with its own --name and peer URLs,"
            + " and with a token that the old cluster did not have."
      })
  static final class Restore extends OnFile {
    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        defaultValue = "",
        description =
            "where the member's data goes; must not exist or be empty (default: <name>.kvorum)")
    private String dataDirectory = "";

    @Option(
        names = "--name",
        defaultValue = "default",
        description = "the member's name (default: ${DEFAULT-VALUE})")
    private String name = "default";

    @Option(
        names = "--initial-cluster",
        paramLabel = "NAME=URL,...",
        defaultValue = "",
        description = "the members of the new cluster (default: <name>=<peer URL>)")
    private String initialCluster = "";

    @Option(
        names = "--initial-cluster-token",
        defaultValue = "etcd-cluster",
        description = "tells clusters with equal addresses apart (default: ${DEFAULT-VALUE})")
    private String token = "etcd-cluster";

    @Option(
        names = "--initial-advertise-peer-urls",
        paramLabel = "URL,...",
        defaultValue = "http://localhost:2380",
        description = "where other members reach this one (default: ${DEFAULT-VALUE})")
    private String peerUrls = "http://localhost:2380";

    @Option(
        names = "--skip-hash-check",
        description = "do not compare the snapshot with its digests")
    private boolean skipHashCheck;

    @Option(
        names = "--bump-revision",
        paramLabel = "N",
        defaultValue = "0",
        description = {
          "skip so many revisions, so that clients which have seen later ones than the snapshot has"
              + " do not take old revisions for new ones; needs --mark-compacted"
        })
    private long bumpRevision;

    @Option(
        names = "--mark-compacted",
        description = "let everything up to the new revision be compacted; needs --bump-revision")
    private boolean markCompacted;

    @Option(names = "--wal-dir", hidden = true, description = "accepted, has no meaning here")
    private String walDirectory = "";

    @Override
    void run(Path snapshot) throws IOException {
      if (bumpRevision < 0) {
        throw new UsageException("--bump-revision must not be negative");
      }
      if (markCompacted != bumpRevision > 0) {
        throw new UsageException("--mark-compacted required if --revision-bump > 0");
      }
      if (!walDirectory.isEmpty()) {
        err().println("--wal-dir has no meaning for this store and is ignored");
      }
      Path target = Path.of(dataDirectory.isEmpty() ? name + ".kvorum" : dataDirectory)
          .toAbsolutePath()
          .normalize();
      SnapshotFile.Restoration how = restoration(target);
      Progress progress = new Progress(err(), "restored");
      boolean sameIds = new SnapshotFile(snapshot).restore(how, progress);
      progress.done();
      if (sameIds) {
        err()
            .println(
                "Warning: the new cluster has the id of the old one, because it has the same peer URLs and token."
                    + " No member of the old one may run any more; --initial-cluster-token tells them apart.");
      }
      err()
          .println("restored member " + name + " (" + Long.toHexString(how.memberId())
              + ") of cluster " + Long.toHexString(how.clusterId()) + " to " + target);
      err().flush();
    }

    private SnapshotFile.Restoration restoration(Path target) {
      FlagValues flags = FlagValues.parse(
          List.of(
              "--initial-advertise-peer-urls=" + peerUrls, "--initial-cluster=" + initialCluster),
          Map.of(),
          FlagValues.UnknownFlags.REFUSE);
      return new SnapshotFile.Restoration(
          target,
          name,
          ServerOptions.initialCluster(
              flags, name, flags.list("initial-advertise-peer-urls"), false),
          token,
          !skipHashCheck,
          bumpRevision);
    }
  }

  /** Tells on the error stream how far something has come, now and then. */
  static final class Progress implements java.util.function.LongConsumer {
    private static final long STEP_BYTES = 256L << 20;

    private final PrintWriter target;
    private final String verb;
    private long told;
    private long bytes;

    Progress(PrintWriter target, String verb) {
      this.target = target;
      this.verb = verb;
    }

    @Override
    public void accept(long soFar) {
      bytes = soFar;
      if (soFar - told >= STEP_BYTES) {
        told = soFar;
        tell();
      }
    }

    void done() {
      tell();
    }

    private void tell() {
      target.println(String.format(Locale.ROOT, "%s %s", verb, SnapshotReport.size(bytes)));
      target.flush();
    }
  }
}
