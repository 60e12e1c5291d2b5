package dev.kvorum.apiserver.server;

import dev.kvorum.apiserver.codec.BodyDecoder;
import dev.kvorum.apiserver.codec.BodyEncoder;
import dev.kvorum.apiserver.control.NamespaceCleaner;
import dev.kvorum.apiserver.custom.CustomResources;
import dev.kvorum.apiserver.http.HttpHandler;
import dev.kvorum.apiserver.registry.Registry;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.schema.BuiltInResources;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersion;
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
  private final CustomResources custom;
  private final NamespaceCleaner namespaces;
  private final ApiHandler handler;
  private final BlockingStore store;

  /**
   * Puts it together.
   *
   * @param access who may ask what
   * @param serverAddress where clients reach it, with its port
   * @param build of this program
   */
  public ApiService(ObjectStore objects, Access access, String serverAddress, String build) {
    timer = new ScheduledThreadPoolExecutor(
        1, Thread.ofPlatform().daemon().name("apiserver-timer").factory());
    timer.setRemoveOnCancelPolicy(true);
    store = new BlockingStore(objects, PATIENCE);
    ResourceTypes types = BuiltInResources.read(Set.of(Stability.STABLE));
    InstantSource clock = InstantSource.system();
    BodyDecoder decoder = new BodyDecoder(BuiltInTypes.get());
    BodyEncoder encoder = new BodyEncoder(BuiltInTypes.get());
    Catalog catalog = new Catalog(types, decoder, clock);
    Resources resources = new Resources(catalog);
    Registry registry = new Registry(store, false);
    Answers answers = new Answers(encoder, clock);
    Bodies bodies = new Bodies(decoder);
    watches =
        new Watches(registry, store, answers, encoder, () -> new SerialExecutor(workers), timer);
    Resource definitions =
        catalog.find(new GroupVersion("apiextensions.k8s.io", "v1"), "customresourcedefinitions");
    if (definitions == null) {
      throw new IllegalStateException("the program's tables lack definitions");
    }
    custom = new CustomResources(
        registry,
        store,
        decoder,
        definitions,
        clock,
        new SerialExecutor(workers),
        workers,
        timer,
        resources::changed);
    resources.add(custom);
    handler = new ApiHandler(
        access,
        resources,
        new ResourceHandler(registry, bodies, answers, clock),
        watches,
        new Reviews(access, bodies, answers, clock),
        new DiscoveryPages(resources::types, answers, serverAddress),
        new ServerPages(
            resources::openApi,
            () -> resources.types().groups(),
            this::storeAnswers,
            answers,
            build),
        answers);
    Resource spaces = catalog.find(new GroupVersion("", "v1"), "namespaces");
    if (spaces == null) {
      throw new IllegalStateException("the program's tables lack namespaces");
    }
    namespaces = new NamespaceCleaner(
        registry,
        store,
        spaces,
        resources::namespaced,
        clock,
        new SerialExecutor(workers),
        workers,
        timer);
    new Bootstrap(registry, spaces).run();
    custom.load();
    namespaces.start();
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
    namespaces.close();
    custom.close();
    watches.close();
    timer.shutdownNow();
    workers.shutdown();
  }
}
