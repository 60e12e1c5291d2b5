package dev.kvorum.store.raft;

import dev.kvorum.store.AuthChange;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.apply.AppliedBatch;
import dev.kvorum.store.apply.AppliedEntry;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.identity.SimpleTokens;
import dev.kvorum.store.identity.Tokens;
import java.util.List;
import java.util.function.LongSupplier;

/** Keeps the table of simple tokens in step with the log. Belongs to the thread that applies entries. */
final class TokenFollower {
  private final Tokens tokens;
  private final LongSupplier timeMillis;

  TokenFollower(Tokens tokens, LongSupplier timeMillis) {
    this.tokens = tokens;
    this.timeMillis = timeMillis;
  }

  void applied(List<CommandBatch> batches, AppliedEntry entry) {
    if (!(tokens instanceof SimpleTokens simple) || entry.batches().size() != batches.size()) {
      return;
    }
    for (int i = 0; i < batches.size(); i++) {
      AppliedBatch outcome = entry.batches().get(i);
      if (!outcome.duplicate()) {
        List<Command<?>> commands = batches.get(i).commands();
        for (int j = 0; j < commands.size(); j++) {
          if (!(outcome.results().get(j) instanceof StoreException)) {
            follow(commands.get(j).bare(), batches.get(i), entry.index(), simple);
          }
        }
      }
    }
  }

  private void follow(Command<?> command, CommandBatch batch, long index, SimpleTokens simple) {
    if (command instanceof Command.IssueToken issue) {
      long age = timeMillis.getAsLong() - batch.leaderTimeMillis();
      simple.issued(issue.user(), issue.tokenDigest(), index, age);
    } else if (command instanceof Command.ChangeAuth auth) {
      switch (auth.change()) {
        case AuthChange.DeleteUser delete -> simple.drop(delete.name());
        case AuthChange.ChangePassword password -> simple.drop(password.name());
        case AuthChange.Disable disable -> simple.dropAll();
        case AuthChange.Enable enable -> {}
        case AuthChange.AddUser add -> {}
        case AuthChange.GrantRole grant -> {}
        case AuthChange.RevokeRole revoke -> {}
        case AuthChange.AddRole add -> {}
        case AuthChange.DeleteRole delete -> {}
        case AuthChange.GrantPermission grant -> {}
        case AuthChange.RevokePermission revoke -> {}
      }
    }
  }
}
