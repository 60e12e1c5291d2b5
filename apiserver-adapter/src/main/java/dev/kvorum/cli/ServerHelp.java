package dev.kvorum.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Makes {@code server} show in the list of commands; {@link Kvorum#main} runs it. */
@Command(
    name = "server",
    description = "Runs one member of a store. Takes etcd's flags; see 'kvorum server --help'.",
    mixinStandardHelpOptions = false)
final class ServerHelp implements Callable<Integer> {
  @Override
  public Integer call() {
    System.out.print(ServerCommand.help());
    return 0;
  }
}
