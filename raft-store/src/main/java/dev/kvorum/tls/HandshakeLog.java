package dev.kvorum.tls;

import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs refused connections, but not as many as somebody may care to make. Thread-safe. */
public final class HandshakeLog {
  private static final Logger LOG = LoggerFactory.getLogger(HandshakeLog.class);
  private static final int MOST_PER_PERIOD = 20;
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String endpoint;
  private long periodStart; // guarded by this
  private int logged; // guarded by this
  private long left; // guarded by this

  /**
   * Creates a log.
   *
   * @param endpoint what was connected to, as in {@code client}
   */
  public HandshakeLog(String endpoint) {
    this.endpoint = endpoint;
    this.periodStart = System.nanoTime();
  }

  /** Logs that a connection was not taken. One that was given up by the other side is not worth a line. */
  public void rejected(Object remote, Throwable cause) {
    if (isGivenUp(cause)) {
      LOG.debug("connection of {} on the {} endpoint was given up", remote, endpoint);
      return;
    }
    long leftBefore;
    synchronized (this) {
      long now = System.nanoTime();
      leftBefore = 0;
      if (now - periodStart > PERIOD_NANOS) {
        periodStart = now;
        logged = 0;
        leftBefore = left;
        left = 0;
      }
      if (logged >= MOST_PER_PERIOD) {
        left++;
        return;
      }
      logged++;
    }
    if (leftBefore > 0) {
      LOG.warn("rejected {} more connections on the {} endpoint", leftBefore, endpoint);
    }
    LOG.warn("rejected connection of {} on the {} endpoint: {}", remote, endpoint, reason(cause));
  }

  /**
   * Whether the other side went away. A client of several members connects to all of them and may leave while the last
   * messages of a handshake are written, which is reported with the closed channel as the cause.
   */
  static boolean isGivenUp(Throwable cause) {
    return deepest(cause) instanceof ClosedChannelException;
  }

  private static Throwable deepest(Throwable cause) {
    Throwable deepest = cause;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest;
  }

  private static String reason(Throwable cause) {
    Throwable deepest = deepest(cause);
    String outer = String.valueOf(cause.getMessage());
    String inner = String.valueOf(deepest.getMessage());
    return cause.getCause() == null || outer.contains(inner) ? outer : outer + ": " + inner;
  }
}
