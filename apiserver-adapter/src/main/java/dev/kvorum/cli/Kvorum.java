package dev.kvorum.cli;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code kvorum} program. */
@Command(
    name = "kvorum",
    mixinStandardHelpOptions = true,
    versionProvider = Versions.class,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "A Raft-replicated key/value store that speaks etcd's v3 API, and the Kubernetes API on it.",
      "",
      "To try it:  kvorum dev        then  etcdctl put hello world"
    },
    subcommands = {
      DevCommand.class,
      ServerHelp.class,
      ApiServerCommand.class,
      ClusterCommand.class,
      HealthCommand.class,
      SnapshotCommand.class
    })
public final class Kvorum {
  /** Exit code for a command line or configuration that cannot be used, as etcd's. */
  static final int EXIT_USAGE = 2;

  private Kvorum() {}

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    Logging.takeOverFromJdk();
    List<String> all = Arrays.asList(arguments);
    // These two take etcd's command line, whose syntax is Go's and not getopt's.
    if (!all.isEmpty() && (all.get(0).equals("server") || all.get(0).equals("etcd"))) {
      ServerCommand.Style style =
          all.get(0).equals("etcd") ? ServerCommand.Style.LIKE_ETCD : ServerCommand.Style.KVORUM;
      System.exit(new ServerCommand(style).run(all.subList(1, all.size())));
    }
    CommandLine line = new CommandLine(new Kvorum());
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      if (failure instanceof UsageException) {
        command.getErr().println("kvorum: " + failure.getMessage());
        return EXIT_USAGE;
      }
      throw failure;
    });
    System.exit(line.execute(arguments));
  }
}
