package dev.kvorum.store.identity;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Password;
import dev.kvorum.store.StoreException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.security.crypto.bcrypt.BCrypt;

/**
 * Hashes and checks passwords, which is slow by intention: on a few threads of its own, with a bounded queue. At the
 * bound, calls fail with {@code TOO_MANY_REQUESTS}, so that a storm of logins costs these threads and nothing else.
 */
public final class Passwords implements AutoCloseable {
  /** bcrypt looks at no more. */
  static final int MAX_BYTES = 72;

  private static final int QUEUED = 128;

  private final int cost;
  private final int minLength;
  private final ThreadPoolExecutor pool;

  /** Nobody's: checked when there is no such user, so that the time an answer takes does not tell. */
  private final Supplier<String> decoy;

  /** As {@code config} says, on threads called {@code name}. */
  public Passwords(AuthConfig config, String name) {
    this.cost = config.bcryptCost();
    this.minLength = config.minPasswordLength();
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    pool = new ThreadPoolExecutor(
        threads, threads, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(QUEUED), task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
    pool.allowCoreThreadTimeOut(true);
    decoy = new Decoy(cost);
  }

  /** Hashes a password with a new salt; completes on a thread of the pool. Does not close it. */
  public CompletableFuture<Bytes> hash(Password password) {
    if (password.length() > MAX_BYTES) {
      return CompletableFuture.failedFuture(
          StoreException.of(StoreException.Kind.PASSWORD_TOO_LONG));
    }
    if (password.length() < minLength) {
      return CompletableFuture.failedFuture(
          StoreException.of(StoreException.Kind.PASSWORD_TOO_SHORT));
    }
    return run(() -> Bytes.utf8(BCrypt.hashpw(password.bytes(), BCrypt.gensalt(cost))));
  }

  /**
   * Whether {@code password} is the one that was hashed; completes on a thread of the pool. Does not close it.
   *
   * @param hash empty for that of nobody: takes as long and is never right
   */
  public CompletableFuture<Boolean> matches(Password password, Bytes hash) {
    if (password.length() > MAX_BYTES) {
      return CompletableFuture.completedFuture(false);
    }
    return run(() -> {
      boolean known = isHash(hash);
      boolean matches = BCrypt.checkpw(password.bytes(), known ? hash.toUtf8() : decoy.get());
      // A user without a password must not be anybody's who leaves it out.
      return matches && known && password.length() > 0;
    });
  }

  /** Whether {@code text} is a hash as bcrypt writes it. */
  public static boolean isHash(Bytes text) {
    if (text.length() != 60 || text.at(0) != '$' || text.at(1) != '2') {
      return false;
    }
    String hash = text.toUtf8();
    return hash.matches("\\$2[aby]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}");
  }

  /** Runs something slow about credentials. */
  public <T> CompletableFuture<T> run(Supplier<T> work) {
    Task<T> task = new Task<>(work, new CompletableFuture<>());
    try {
      pool.execute(task);
    } catch (RejectedExecutionException e) {
      task.refuse(
          pool.isShutdown() ? StoreException.Kind.STOPPED : StoreException.Kind.TOO_MANY_REQUESTS);
    }
    return task.future;
  }

  private record Task<T>(Supplier<T> work, CompletableFuture<T> future) implements Runnable {
    @Override
    public void run() {
      try {
        future.complete(work.get());
      } catch (RuntimeException e) {
        future.completeExceptionally(e);
      }
    }

    void refuse(StoreException.Kind kind) {
      future.completeExceptionally(StoreException.of(kind));
    }
  }

  /** Made when first needed: that takes as long as any hash. */
  private static final class Decoy implements Supplier<String> {
    private final int cost;
    private volatile String hash = "";

    Decoy(int cost) {
      this.cost = cost;
    }

    @Override
    public String get() {
      String known = hash;
      if (known.isEmpty()) {
        known = BCrypt.hashpw("nobody", BCrypt.gensalt(cost));
        hash = known;
      }
      return known;
    }
  }

  @Override
  public void close() {
    for (Runnable left : pool.shutdownNow()) {
      if (left instanceof Task<?> task) {
        task.refuse(StoreException.Kind.STOPPED);
      }
    }
  }
}
