package dev.kvorum.store.raft;

import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.engine.Engine;

/** One copy of the replicated state: the engine that keeps it, and what is made of it. Replaced as a whole by a snapshot. */
record LocalState(Engine engine, Applier applier) implements AutoCloseable {
  /** Waits for readers, makes everything durable and lets go of the files. */
  @Override
  public void close() {
    engine.close();
  }
}
