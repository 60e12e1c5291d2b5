package dev.kvorum.store.identity;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.auth.Identity;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that mean nothing by themselves: sixteen random letters, a dot and the index of the log entry that made them
 * valid. Every member knows them from the log and forgets them when they were not used there for a while, and all of them
 * when it is restarted.
 *
 * <p>Neither the log nor the memory holds what could be used as a token, only its digest.
 *
 * <p>The table is kept in order of use, so the first are those that run out first; at the bound they make room.
 */
public final class SimpleTokens implements Tokens {
  /** Tokens known at a time. */
  static final int MAX_TOKENS = 100_000;

  /** By how much clocks of members may differ before a token that comes late counts as run out. */
  private static final long CLOCK_SLACK_MILLIS = 600_000;

  private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  private static final int RANDOM_LETTERS = 16;

  private record Key(Bytes digest, long index) {}

  private static final class Session {
    private final String user;
    private long deadlineNanos;

    Session(String user) {
      this.user = user;
    }
  }

  private final long ttlNanos;
  private final long ttlMillis;
  private final LongSupplier nanoTime;
  private final SecureRandom random = new SecureRandom();

  @GuardedBy("sessions")
  private final LinkedHashMap<Key, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);

  SimpleTokens(Duration ttl, LongSupplier nanoTime) {
    this.ttlNanos = ttl.toNanos();
    this.ttlMillis = ttl.toMillis();
    this.nanoTime = nanoTime;
  }

  /** The random part of a token to be. */
  public String newPrefix() {
    StringBuilder letters = new StringBuilder(RANDOM_LETTERS);
    for (int i = 0; i < RANDOM_LETTERS; i++) {
      letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return letters.toString();
  }

  /** What of {@code prefix} may be told to others. */
  public static Bytes digest(String prefix) {
    try {
      return Bytes.wrap(
          MessageDigest.getInstance("SHA-256").digest(prefix.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The token of which {@code prefix} was made valid by the log entry at {@code index}. */
  public static String token(String prefix, long index) {
    return prefix + "." + index;
  }

  /**
   * Takes note of a token that the log made valid.
   *
   * @param ageMillis for how long it has been valid, as far as clocks can tell; it may come from a log that is replayed
   */
  public void issued(String user, Bytes digest, long index, long ageMillis) {
    if (ageMillis > ttlMillis + CLOCK_SLACK_MILLIS) {
      return;
    }
    Session session = new Session(user);
    session.deadlineNanos = nanoTime.getAsLong() + ttlNanos;
    synchronized (sessions) {
      sessions.put(new Key(digest, index), session);
      if (sessions.size() > MAX_TOKENS) {
        Iterator<Session> eldest = sessions.values().iterator();
        eldest.next();
        eldest.remove();
      }
    }
  }

  @Override
  public @Nullable Identity identify(String token, long authRevision) {
    int dot = token.indexOf('.');
    long index = index(token);
    if (index < 0) {
      return null;
    }
    Key key = new Key(digest(token.substring(0, dot)), index);
    long now = nanoTime.getAsLong();
    synchronized (sessions) {
      Session session = sessions.get(key);
      if (session == null) {
        return null;
      }
      if (now - session.deadlineNanos >= 0) {
        sessions.remove(key);
        return null;
      }
      session.deadlineNanos = now + ttlNanos;
      return Identity.user(session.user, authRevision);
    }
  }

  @Override
  public boolean isExpensive(String token) {
    return false;
  }

  @Override
  public long knownFrom(String token) {
    return Math.max(0, index(token));
  }

  /** −1 if that is no token. */
  private static long index(String token) {
    int dot = token.indexOf('.');
    if (dot != RANDOM_LETTERS || token.length() - dot - 1 > 19 || token.length() == dot + 1) {
      return -1;
    }
    long index = 0;
    for (int i = dot + 1; i < token.length(); i++) {
      int digit = token.charAt(i) - '0';
      if (digit < 0 || digit > 9 || index > (Long.MAX_VALUE - digit) / 10) {
        return -1;
      }
      index = 10 * index + digit;
    }
    return index;
  }

  /** Forgets the tokens of one user. */
  public void drop(String user) {
    synchronized (sessions) {
      sessions.values().removeIf(session -> session.user.equals(user));
    }
  }

  /** Forgets all tokens. */
  public void dropAll() {
    synchronized (sessions) {
      sessions.clear();
    }
  }

  /** Forgets the tokens that have run out; to be called every second or so. */
  public void sweep() {
    long now = nanoTime.getAsLong();
    synchronized (sessions) {
      Iterator<Map.Entry<Key, Session>> eldest = sessions.entrySet().iterator();
      while (eldest.hasNext() && now - eldest.next().getValue().deadlineNanos >= 0) {
        eldest.remove();
      }
    }
  }

  /** Tokens known now. */
  public int size() {
    synchronized (sessions) {
      return sessions.size();
    }
  }
}
