package dev.kvorum.store.raft;

import dev.kvorum.store.Access;
import dev.kvorum.store.AuthChange;
import dev.kvorum.store.AuthStore;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Password;
import dev.kvorum.store.Permission;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.auth.AuthView;
import dev.kvorum.store.auth.Role;
import dev.kvorum.store.auth.User;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.identity.JwtTokens;
import dev.kvorum.store.identity.Passwords;
import dev.kvorum.store.identity.SimpleTokens;
import dev.kvorum.store.identity.Tokens;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The part of the port that is about users and roles, in one member. Any thread; nothing blocks. */
final class RaftAuthStore implements AuthStore {
  private static final Logger LOG = LoggerFactory.getLogger(RaftAuthStore.class);

  /** How often a login starts anew because the password was changed while it was checked. */
  private static final int MAX_ATTEMPTS = 8;

  private static final Access FREE = new Access.Free();
  private static final Access ADMINISTER = new Access.Administer();

  private final Admission admission;
  private final Reads reads;
  private final Proposer proposer;
  private final Tokens tokens;
  private final Passwords passwords;

  RaftAuthStore(
      Admission admission, Reads reads, Proposer proposer, Tokens tokens, Passwords passwords) {
    this.admission = admission;
    this.reads = reads;
    this.proposer = proposer;
    this.tokens = tokens;
    this.passwords = passwords;
  }

  @Override
  public boolean enabled() {
    return admission.enabled();
  }

  @Override
  public CompletableFuture<Void> authorize(Access access, CallContext context) {
    return admission.whenAllowed(access, context, () -> CompletableFuture.completedFuture(null));
  }

  @Override
  public CompletableFuture<AuthStatus> status(CallContext context) {
    return read(FREE, context, applier -> {
      AuthView auth = applier.auth();
      return new AuthStatus(applier.lastRevision(), auth.enabled(), auth.revision());
    });
  }

  @Override
  public CompletableFuture<Bytes> hash(Password password, CallContext context) {
    CompletableFuture<Bytes> future = new CompletableFuture<>();
    Futures.onDone(passwords.hash(password), (hash, failure) -> {
      password.close();
      complete(future, context, hash, failure);
    });
    return future;
  }

  @Override
  public CompletableFuture<Long> change(AuthChange change, CallContext context) {
    if (!hasHash(change)) {
      return CompletableFuture.failedFuture(StoreException.of(Kind.NO_PASSWORD_USER));
    }
    return admission.whenAllowed(
        ADMINISTER, context, () -> proposer.submit(new Command.ChangeAuth(change), context));
  }

  /** Whether what should be a hash is one; nothing would ever match anything else. */
  private static boolean hasHash(AuthChange change) {
    return switch (change) {
      case AuthChange.AddUser add -> add.noPassword() || Passwords.isHash(add.passwordHash());
      case AuthChange.ChangePassword password ->
        password.passwordHash().isEmpty() || Passwords.isHash(password.passwordHash());
      default -> true;
    };
  }

  @Override
  public CompletableFuture<Listing<String>> rolesOf(String user, CallContext context) {
    return read(new Access.ReadUser(user), context, applier -> {
      @Nullable User found = applier.auth().user(user);
      if (found == null) {
        throw StoreException.of(Kind.USER_NOT_FOUND);
      }
      return new Listing<>(applier.lastRevision(), found.roles());
    });
  }

  @Override
  public CompletableFuture<Listing<Permission>> permissionsOf(String role, CallContext context) {
    return read(new Access.ReadRole(role), context, applier -> {
      @Nullable Role found = applier.auth().role(role);
      if (found == null) {
        throw StoreException.of(Kind.ROLE_NOT_FOUND);
      }
      return new Listing<>(applier.lastRevision(), found.permissions());
    });
  }

  @Override
  public CompletableFuture<Listing<String>> users(CallContext context) {
    return read(
        ADMINISTER,
        context,
        applier -> new Listing<>(
            applier.lastRevision(), List.copyOf(applier.auth().users().keySet())));
  }

  @Override
  public CompletableFuture<Listing<String>> roles(CallContext context) {
    return read(
        ADMINISTER,
        context,
        applier -> new Listing<>(
            applier.lastRevision(), List.copyOf(applier.auth().roles().keySet())));
  }

  private <T> CompletableFuture<T> read(
      Access access, CallContext context, Function<Applier, T> read) {
    CompletableFuture<T> future = new CompletableFuture<>();
    admission.prepare(
        context,
        () -> Futures.pass(
            reads.read(
                true,
                true,
                context,
                applier -> admission.read(applier, access, context.caller(), read)),
            future),
        future::completeExceptionally);
    return future;
  }

  // ---- logging in ----

  @Override
  public CompletableFuture<IssuedToken> authenticate(
      String user, Password password, CallContext context) {
    CompletableFuture<IssuedToken> issued = new CompletableFuture<>();
    CallContext internal = new CallContext(Runnable::run, context.deadlineNanos());
    attempt(user, password, internal, 1, issued);
    CompletableFuture<IssuedToken> future = new CompletableFuture<>();
    Futures.onDone(issued, (token, failure) -> {
      password.close();
      if (failure instanceof StoreException refused && refused.kind() == Kind.AUTH_FAILED) {
        LOG.info("a login of user '{}' was refused", printable(user));
      }
      complete(future, context, token, failure);
    });
    return future;
  }

  private void attempt(
      String name,
      Password password,
      CallContext context,
      int attempt,
      CompletableFuture<IssuedToken> issued) {
    // Not a client's read: whoever logs in has no identity yet.
    Futures.onDone(reads.read(true, true, context, Applier::auth), (auth, failure) -> {
      if (auth == null) {
        fail(issued, failure);
      } else if (!auth.enabled()) {
        issued.completeExceptionally(StoreException.of(Kind.AUTH_NOT_ENABLED));
      } else {
        check(name, password, auth, context, attempt, issued);
      }
    });
  }

  private void check(
      String name,
      Password password,
      AuthView auth,
      CallContext context,
      int attempt,
      CompletableFuture<IssuedToken> issued) {
    @Nullable User user = auth.user(name);
    if (user != null && user.noPassword()) {
      issued.completeExceptionally(StoreException.of(Kind.NO_PASSWORD_USER));
      return;
    }
    Bytes hash = user == null ? Bytes.EMPTY : user.passwordHash();
    Futures.onDone(passwords.matches(password, hash), (matches, failure) -> {
      if (matches == null) {
        fail(issued, failure);
      } else if (!matches) {
        issued.completeExceptionally(StoreException.of(Kind.AUTH_FAILED));
      } else {
        issue(name, password, auth.revision(), context, attempt, issued);
      }
    });
  }

  private void issue(
      String name,
      Password password,
      long checkedRevision,
      CallContext context,
      int attempt,
      CompletableFuture<IssuedToken> issued) {
    switch (tokens) {
      case JwtTokens jwt -> {
        if (!jwt.canIssue()) {
          issued.completeExceptionally(StoreException.of(Kind.VERIFY_ONLY));
          return;
        }
        // On a thread for slow work already: a signature takes a while.
        issued.complete(new IssuedToken(storeRevision(), jwt.issue(name, checkedRevision)));
      }
      case SimpleTokens simple -> {
        String prefix = simple.newPrefix();
        Command<Command.TokenIssued> command =
            new Command.IssueToken(name, SimpleTokens.digest(prefix), checkedRevision);
        Futures.onDone(proposer.submit(command, context), (where, failure) -> {
          if (where != null) {
            issued.complete(
                new IssuedToken(where.revision(), SimpleTokens.token(prefix, where.index())));
          } else if (failure instanceof StoreException refused
              && refused.kind() == Kind.AUTH_OLD_REVISION
              && attempt < MAX_ATTEMPTS) {
            attempt(name, password, context, attempt + 1, issued);
          } else {
            fail(issued, failure);
          }
        });
      }
    }
  }

  private long storeRevision() {
    return reads.applier().lastRevision();
  }

  private static void fail(CompletableFuture<?> future, @Nullable Throwable failure) {
    future.completeExceptionally(
        failure == null ? StoreException.of(Kind.TIMEOUT) : LeaseService.failureOf(failure));
  }

  private static <T> void complete(
      CompletableFuture<T> future,
      CallContext context,
      @Nullable T value,
      @Nullable Throwable failure) {
    Completions.runOn(context.executor(), () -> {
      if (value != null) {
        future.complete(value);
      } else {
        fail(future, failure);
      }
    });
  }

  /** A name as it may be logged: clients choose names, and a log has one line per event. */
  private static String printable(String name) {
    String cut = name.length() > 64 ? name.substring(0, 64) : name;
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
