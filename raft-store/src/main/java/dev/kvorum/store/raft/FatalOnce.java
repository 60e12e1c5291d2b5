package dev.kvorum.store.raft;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says why a member ends, and ends it: once, and not when it is being closed anyway. Thread-safe. */
final class FatalOnce implements FatalHandler {
  private static final Logger LOG = LoggerFactory.getLogger(FatalOnce.class);

  private final FatalHandler handler;
  private final AtomicBoolean called = new AtomicBoolean();
  private volatile boolean closing;

  FatalOnce(FatalHandler handler) {
    this.handler = handler;
  }

  /** From now on failures are those of closing. */
  void closing() {
    closing = true;
  }

  @Override
  public void fatal(String what, Throwable cause) {
    if (closing) {
      LOG.warn("while closing: {}", what, cause);
    } else if (called.compareAndSet(false, true)) {
      LOG.error("this member cannot go on: {}", what, cause);
      handler.fatal(what, cause);
    }
  }
}
