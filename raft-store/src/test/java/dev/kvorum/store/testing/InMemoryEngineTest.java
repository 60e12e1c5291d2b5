package dev.kvorum.store.testing;

import dev.kvorum.store.engine.Engine;
import java.nio.file.Path;

class InMemoryEngineTest extends EngineContract {
  @Override
  protected Engine openEmpty() {
    return new InMemoryEngine();
  }

  @Override
  protected Engine crash(Engine running) {
    return ((InMemoryEngine) running).crashImage();
  }

  @Override
  protected Engine openCheckpoint(Path directory) {
    return InMemoryEngine.openCheckpoint(directory);
  }
}
