package dev.kvorum.store.engine;

/**
 * Told by an engine's own threads what happens behind its back. Must return quickly and not throw.
 */
public interface EngineListener {
  /** Hears nothing. */
  EngineListener NONE = new EngineListener() {
    @Override
    public void backgroundError(String description) {}

    @Override
    public void stallChanged(boolean stalled) {}
  };

  /** Data could not be made durable or was found damaged: writes will fail, and the member must stop. */
  void backgroundError(String description);

  /** Writes began or ceased to be slowed down because the disk cannot keep up. */
  void stallChanged(boolean stalled);

  /** A batch was written, by a thread of the caller's. */
  default void written(long nanos) {}
}
