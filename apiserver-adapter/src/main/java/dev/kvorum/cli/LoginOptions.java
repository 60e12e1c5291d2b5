package dev.kvorum.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** As whom a command calls: etcdctl's options, and its environment. */
@Command
final class LoginOptions {
  @Option(names = "--user", paramLabel = "NAME[:PASSWORD]", description = "as whom to call")
  private @Nullable String user;

  @Option(
      names = "--password",
      paramLabel = "PASSWORD",
      description = "the password, if it is not part of --user")
  private @Nullable String password;

  private final Map<String, String> environment;

  LoginOptions(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Who calls.
   *
   * @return null for nobody in particular
   * @throws UsageException if there is no password
   */
  @Nullable
  Login login() {
    String given = user == null ? ConnectionOptions.variable(environment, "USER") : user;
    if (given.isEmpty()) {
      return null;
    }
    String separate =
        password == null ? ConnectionOptions.variable(environment, "PASSWORD") : password;
    if (!separate.isEmpty()) {
      return new Login(given, separate);
    }
    int colon = given.indexOf(':');
    if (colon >= 0) {
      return new Login(given.substring(0, colon), given.substring(colon + 1));
    }
    throw new UsageException("--user " + given + " needs a password: --user " + given
        + ":PASSWORD, --password, or ETCDCTL_PASSWORD");
  }
}
