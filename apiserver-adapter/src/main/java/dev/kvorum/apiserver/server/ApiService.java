package dev.kvorum.apiserver.server;

import dev.kvorum.apiserver.codec.BodyDecoder;
import dev.kvorum.apiserver.codec.BodyEncoder;
import dev.kvorum.apiserver.http.HttpHandler;
import dev.kvorum.apiserver.openapi.OpenApi;
import dev.kvorum.apiserver.registry.Registry;
import dev.kvorum.apiserver.schema.BuiltInResources;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersion.Stability;
import dev.kvorum.apiserver.schema.ResourceTypes;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.ObjectStore;
import dev.kvorum.apiserver.storage.StorageException;
import dev.kvorum.store.Bytes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The Kubernetes API on a store, behind whatever brings the requests. For all threads. */
public final class ApiService implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(34);

  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledThreadPoolExecutor timer;
  private final Watches watches;
  private final ApiHandler handler;
  private final BlockingStore store;

  /**
   * Puts it together.
   *
   * @param serverAddress where clients reach it, with its port
   * @param build of this program
   */
  public ApiService(ObjectStore objects, String serverAddress, String build) {
    timer = new ScheduledThreadPoolExecutor(
        1, Thread.ofPlatform().daemon().name("apiserver-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    store = new BlockingStore(objects, PATIENCE);
    ResourceTypes types = BuiltInResources.read(Set.of(Stability.STABLE));
    BodyDecoder decoder = new BodyDecoder(BuiltInTypes.get());
    BodyEncoder encoder = new BodyEncoder(BuiltInTypes.get());
    Catalog catalog = new Catalog(types, decoder);
    Registry registry = new Registry(store, false);
    Answers answers = new Answers(encoder);
    watches =
        new Watches(registry, store, answers, encoder, () -> new SerialExecutor(workers), timer);
    OpenApi openApi = OpenApi.of(types);
    handler = new ApiHandler(
        catalog,
        new ResourceHandler(registry, new Bodies(decoder), answers, InstantSource.system()),
        watches,
        new DiscoveryPages(catalog::types, answers, serverAddress),
        new ServerPages(
            () -> openApi, () -> catalog.types().groups(), this::storeAnswers, answers, build),
        answers);
    new Bootstrap(registry, catalog).run();
  }

  public HttpHandler handler() {
    return handler;
  }

  private boolean storeAnswers() {
    try {
      store.get(Bytes.utf8("/registry/health"));
      return true;
    } catch (StorageException e) {
      return false;
    }
  }

  @Override
  public void close() {
    watches.close();
    timer.shutdownNow();
    workers.shutdown();
  }
}
