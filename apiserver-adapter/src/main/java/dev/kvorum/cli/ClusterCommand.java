package dev.kvorum.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A cluster of several processes on this machine, for trying and for tests. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs a cluster of several processes on this machine, for trying and for tests.",
    subcommands = {
      ClusterCommand.Up.class,
      ClusterCommand.Status.class,
      ClusterCommand.Kill.class,
      ClusterCommand.Start.class,
      ClusterCommand.Logs.class,
      ClusterCommand.Down.class
    })
final class ClusterCommand {
  private ClusterCommand() {}

  /** What every subcommand needs. */
  abstract static class OnCluster implements Callable<Integer> {
    @Option(
        names = "--dir",
        paramLabel = "DIR",
        defaultValue = "kvorum-cluster",
        description = "where the cluster lives (default: ./${DEFAULT-VALUE})")
    private Path directory = Path.of("kvorum-cluster");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      int code = run(new LocalCluster(directory.toAbsolutePath().normalize()), out);
      out.flush();
      return code;
    }

    abstract int run(LocalCluster cluster, PrintWriter out);
  }

  @Command(
      name = "up",
      mixinStandardHelpOptions = true,
      description = "Makes a cluster and starts it, or starts those members of it that do not run.")
  static final class Up extends OnCluster {
    @Option(
        names = "--members",
        paramLabel = "N",
        defaultValue = "3",
        description = "how many members a new cluster has, 1 to 7 (default: ${DEFAULT-VALUE})")
    private int members = 3;

    @Option(
        names = "--base-port",
        paramLabel = "PORT",
        defaultValue = "2379",
        description =
            "client port of the first member; the peer port is the next one, and each further member"
                + " has both ten higher (default: ${DEFAULT-VALUE})")
    private int basePort = 2379;

    @Option(
        names = "--heap",
        paramLabel = "SIZE",
        defaultValue = "512m",
        description = "heap of each member (default: ${DEFAULT-VALUE})")
    private String heap = "512m";

    @Option(
        names = "--tls",
        description =
            "make certificates for a new cluster, and demand one of every client and member")
    private boolean tls;

    @Override
    int run(LocalCluster cluster, PrintWriter out) {
      if (!cluster.exists()) {
        cluster.create(members, basePort, heap, tls);
      } else if (tls && !cluster.certificates().exist()) {
        throw new UsageException("the cluster in " + cluster.directory() + " was made without TLS");
      }
      for (LocalMember member : cluster.members()) {
        if (!member.isRunning()) {
          member.start();
          out.println(
              "started " + member.name() + " (pid " + member.pid() + ", log " + member.log() + ")");
          out.flush();
        }
      }
      cluster.awaitLeader();
      print(cluster, out);
      out.println();
      out.println("export ETCDCTL_ENDPOINTS=" + endpoints(cluster));
      LocalCertificates certificates = cluster.certificates();
      if (certificates.exist()) {
        out.println("export ETCDCTL_CACERT=" + quoted(certificates.authorities()));
        out.println("export ETCDCTL_CERT=" + quoted(certificates.clientCertificate()));
        out.println("export ETCDCTL_KEY=" + quoted(certificates.clientKey()));
      }
      return 0;
    }
  }

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Says how every member is.")
  static final class Status extends OnCluster {
    @Override
    int run(LocalCluster cluster, PrintWriter out) {
      return print(cluster, out) ? 0 : 1;
    }
  }

  @Command(
      name = "kill",
      mixinStandardHelpOptions = true,
      description = "Ends a member the hard way (SIGKILL), as a crash would.")
  static final class Kill extends OnCluster {
    @Parameters(paramLabel = "N", description = "the member's number, from 1")
    private int number;

    @Override
    int run(LocalCluster cluster, PrintWriter out) {
      LocalMember member = cluster.member(number);
      member.kill();
      out.println("killed " + member.name());
      return 0;
    }
  }

  @Command(
      name = "start",
      mixinStandardHelpOptions = true,
      description = "Starts a member that does not run.")
  static final class Start extends OnCluster {
    @Parameters(paramLabel = "N", description = "the member's number, from 1")
    private int number;

    @Override
    int run(LocalCluster cluster, PrintWriter out) {
      LocalMember member = cluster.member(number);
      if (member.isRunning()) {
        out.println(member.name() + " runs already (pid " + member.pid() + ")");
        return 0;
      }
      member.start();
      out.println(
          "started " + member.name() + " (pid " + member.pid() + ", log " + member.log() + ")");
      return 0;
    }
  }

  @Command(
      name = "logs",
      mixinStandardHelpOptions = true,
      description = "Prints the end of a member's log.")
  static final class Logs extends OnCluster {
    @Parameters(paramLabel = "N", description = "the member's number, from 1")
    private int number;

    @Option(
        names = "--lines",
        defaultValue = "200",
        description = "how many lines (default: ${DEFAULT-VALUE})")
    private int lines = 200;

    @Override
    int run(LocalCluster cluster, PrintWriter out) {
      cluster.member(number).lastLogLines(lines).forEach(out::println);
      return 0;
    }
  }

  @Command(name = "down", mixinStandardHelpOptions = true, description = "Stops every member.")
  static final class Down extends OnCluster {
    @Option(names = "--delete", description = "delete the cluster's data as well")
    private boolean delete;

    @Override
    int run(LocalCluster cluster, PrintWriter out) {
      for (LocalMember member : cluster.members()) {
        if (member.isRunning()) {
          member.stop();
          out.println("stopped " + member.name());
          out.flush();
        }
      }
      if (delete) {
        cluster.delete();
        out.println("deleted " + cluster.directory());
      }
      return 0;
    }
  }

  /** For a shell. */
  private static String quoted(Path file) {
    String text = file.toString();
    return text.matches("[\\w/.@%+=:,-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }

  private static String endpoints(LocalCluster cluster) {
    return cluster.members().stream()
        .map(LocalMember::clientEndpoint)
        .collect(Collectors.joining(","));
  }

  /** Prints one line per member and says whether all of them answer and know a leader. */
  private static boolean print(LocalCluster cluster, PrintWriter out) {
    List<LocalCluster.Report> reports = cluster.reports();
    String format = "%-6s %-8s %-18s %-24s %-8s %8s %10s  %s%n";
    out.printf(
        Locale.ROOT, format, "NAME", "PID", "ID", "CLIENT", "ROLE", "TERM", "REVISION", "STATE");
    for (LocalCluster.Report report : reports) {
      out.printf(
          Locale.ROOT,
          format,
          report.name(),
          report.pid(),
          report.id(),
          report.endpoint(),
          report.role(),
          report.term(),
          report.revision(),
          report.state());
    }
    return reports.stream().allMatch(LocalCluster.Report::healthy);
  }
}
