package dev.kvorum.store.raft;

import dev.kvorum.store.Access;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Caller;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.apply.CommandAccess;
import dev.kvorum.store.auth.AuthView;
import dev.kvorum.store.auth.Authorizer;
import dev.kvorum.store.auth.Identity;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.identity.Passwords;
import dev.kvorum.store.identity.Tokens;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands between callers and the store while authentication is on: finds out who they are, and asks the {@link
 * Authorizer}.
 *
 * <p>Reads are decided by the very state that they read. Changes are decided twice: here, so that what may not be done
 * never reaches the log, and when they are applied, which is what counts. A refusal here is given only after this member
 * has caught up with the cluster, because a member that lags would refuse what was granted a moment ago.
 *
 * <p>Any thread; nothing blocks. While authentication is off, all this costs one look at a field.
 */
final class Admission {
  private final Supplier<Applier> applier;
  private final ReadBarrier barrier;
  private final Tokens tokens;
  private final Passwords slow;

  Admission(Supplier<Applier> applier, ReadBarrier barrier, Tokens tokens, Passwords slow) {
    this.applier = applier;
    this.barrier = barrier;
    this.tokens = tokens;
    this.slow = slow;
  }

  boolean enabled() {
    return applier.get().auth().enabled();
  }

  /** Runs {@code next} if the caller may, else fails. */
  <T> CompletableFuture<T> whenAllowed(
      Access access, CallContext context, Supplier<CompletableFuture<T>> next) {
    if (!enabled()) {
      return next.get();
    }
    if (isReady(context.caller()) && refusal(access, context.caller()) == null) {
      return next.get();
    }
    CompletableFuture<T> future = new CompletableFuture<>();
    whenDecided(access, context, refusal -> {
      if (refusal == null) {
        Futures.pass(next.get(), future);
      } else {
        future.completeExceptionally(refusal);
      }
    });
    return future;
  }

  /**
   * Decides with a state that is not older than the call.
   *
   * @param decided told why the caller may not, or null, on the context's executor
   */
  void whenDecided(Access access, CallContext context, Consumer<@Nullable StoreException> decided) {
    prepare(
        context,
        () -> {
          StoreException refusal = refusal(access, context.caller());
          if (refusal == null) {
            decided.accept(null);
            return;
          }
          barrier.pass(
              context.executor(),
              context.deadlineNanos(),
              () -> decided.accept(refusal(access, context.caller())),
              failure -> decided.accept(failure));
        },
        failure -> decided.accept(failure));
  }

  /** Why the caller may not, by this member's state as it is; null if it may. */
  @Nullable
  StoreException refusal(Access access, Caller caller) {
    Applier state = applier.get();
    AuthView auth = state.auth();
    if (!auth.enabled()) {
      return null;
    }
    try {
      new Authorizer(auth, state.leaseKeys()).check(identity(caller, auth), access);
      return null;
    } catch (StoreException refused) {
      return refused;
    }
  }

  /**
   * Runs {@code read} on {@code state}, once, if the caller may.
   *
   * <p>The rules are published before the data they are for. So if they are the same after the read as before it, no data
   * of later rules was read; if not, the later ones decide.
   */
  <T> T read(Applier state, Access access, Caller caller, Function<Applier, T> read) {
    AuthView before = state.auth();
    check(state, before, access, caller);
    T result = read.apply(state);
    AuthView after = state.auth();
    if (!after.equals(before)) {
      check(state, after, access, caller);
    }
    return result;
  }

  private void check(Applier state, AuthView auth, Access access, Caller caller) {
    if (auth.enabled()) {
      new Authorizer(auth, state.leaseKeys()).check(identity(caller, auth), access);
    }
  }

  /** Makes sure that finding out who the caller is takes no time, then runs {@code next} on the context's executor. */
  void prepare(CallContext context, Runnable next, Consumer<StoreException> failed) {
    if (isReady(context.caller())) {
      next.run();
      return;
    }
    Caller.Token token = (Caller.Token) context.caller();
    Futures.onDone(
        slow.run(() -> {
          var unused = tokens.identify(token.text(), 0); // which remembers the outcome
          return true;
        }),
        (done, failure) -> Completions.runOn(context.executor(), () -> {
          if (failure == null) {
            next.run();
          } else {
            failed.accept(LeaseService.failureOf(failure));
          }
        }));
  }

  /** Whether {@link #identity} takes no time worth mentioning. */
  boolean isReady(Caller caller) {
    return !(caller instanceof Caller.Token token)
        || !tokens.isExpensive(token.text())
        || !enabled();
  }

  /**
   * Waits, if a token is younger than what this member has applied, until it has caught up; for reads that otherwise wait
   * for nothing.
   */
  boolean isFromTheFuture(Caller caller) {
    return enabled()
        && caller instanceof Caller.Token token
        && tokens.knownFrom(token.text()) > applier.get().appliedIndex();
  }

  void catchUp(
      Executor executor, long deadlineNanos, Runnable next, Consumer<StoreException> failed) {
    barrier.pass(executor, deadlineNanos, next, failed);
  }

  /** Puts the caller's name on a command that needs one; what was not checked before is checked when it is applied. */
  <R> Command<R> sign(Command<R> command, CallContext context) {
    AuthView auth = applier.get().auth();
    if (!auth.enabled() || !CommandAccess.needsIdentity(command)) {
      return command;
    }
    Identity who = identity(context.caller(), auth);
    return switch (who.kind()) {
      case NONE -> throw StoreException.of(Kind.USER_EMPTY);
      case MEMBER -> new Command.As<>(true, "", 0, command);
      case USER -> new Command.As<>(false, who.user(), who.authRevision(), command);
    };
  }

  /** Who the caller is. */
  Identity identity(Caller caller, AuthView auth) {
    return switch (caller) {
      case Caller.Anonymous anonymous -> Identity.NONE;
      case Caller.Itself itself -> Identity.MEMBER;
      case Caller.Certificate certificate ->
        Identity.user(certificate.commonName(), auth.revision());
      case Caller.Token token -> {
        Identity known = tokens.identify(token.text(), auth.revision());
        if (known == null) {
          throw StoreException.of(Kind.INVALID_AUTH_TOKEN);
        }
        yield known;
      }
    };
  }
}
