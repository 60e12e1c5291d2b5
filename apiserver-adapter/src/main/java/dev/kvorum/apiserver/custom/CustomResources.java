package dev.kvorum.apiserver.custom;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.codec.BodyDecoder;
import dev.kvorum.apiserver.crd.CrdDefinition;
import dev.kvorum.apiserver.crd.CrdVersion;
import dev.kvorum.apiserver.crd.CustomResource;
import dev.kvorum.apiserver.crd.ScalePaths;
import dev.kvorum.apiserver.crd.VersionOrder;
import dev.kvorum.apiserver.crd.definition.DefinitionStatus;
import dev.kvorum.apiserver.crd.definition.DefinitionStatus.Termination;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.openapi.CustomSchema;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.registry.DeleteOptions;
import dev.kvorum.apiserver.registry.ListOptions;
import dev.kvorum.apiserver.registry.Listed;
import dev.kvorum.apiserver.registry.Registry;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.registry.Strategy;
import dev.kvorum.apiserver.registry.Target;
import dev.kvorum.apiserver.schema.ApiGroup;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.ChangeFollower;
import dev.kvorum.apiserver.storage.StorageException;
import dev.kvorum.apiserver.storage.StorageKeys;
import dev.kvorum.apiserver.table.TableConvertor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The custom resources that are served: those of all definitions in the store, whoever has written them. What this server
 * writes of a definition counts when the write is answered; what another one writes, as soon as the store tells of it. For
 * all threads.
 */
public final class CustomResources implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CustomResources.class);
  private static final String MANAGER = "kvorum";
  private static final int NOT_FOUND = 404;
  private static final long RETRY_MILLIS = 200;

  private final Registry registry;
  private final BodyDecoder decoder;
  private final InstantSource clock;
  private final Executor workers;
  private final ScheduledExecutorService timer;
  private final Runnable changed;
  private final Resource definitions;
  private final ChangeFollower follower;

  /** What is served now. */
  private volatile Served served = new Served(Map.of(), Map.of());

  private final Map<String, ObjectNode> known = new TreeMap<>(); // guarded by this
  private boolean closed; // guarded by this

  private record Place(GroupVersion version, String plural) {}

  /** One state of all definitions. */
  private record Served(Map<String, CrdDefinition> definitions, Map<Place, Resource> resources) {}

  /**
   * Makes them; nothing is served before {@link #load}.
   *
   * @param definitions the resource of the definitions
   * @param serial runs its tasks one after the other
   * @param changed is called when other resources are served than before
   */
  public CustomResources(
      Registry registry,
      BlockingStore store,
      BodyDecoder decoder,
      Resource definitions,
      InstantSource clock,
      Executor serial,
      Executor workers,
      ScheduledExecutorService timer,
      Runnable changed) {
    this.registry = registry;
    this.decoder = decoder;
    this.definitions = definitions;
    this.clock = clock;
    this.workers = workers;
    this.timer = timer;
    this.changed = changed;
    follower = new ChangeFollower(
        store, definitions.keys(), serial, timer, this::heard, () -> workers.execute(this::reload));
  }

  /** How definitions are treated. */
  public static Strategy strategy(InstantSource clock) {
    return new DefinitionStrategy(clock);
  }

  /** Reads all definitions, and follows what becomes of them. */
  public void load() {
    Listed all = registry.list(definitions, "", ListOptions.ALL);
    synchronized (this) {
      known.clear();
      all.objects().forEach(each -> known.put(Metadata.name(each), each));
    }
    all.objects().forEach(each -> refresh(Metadata.name(each)));
    serve();
    follower.follow(all.revision());
  }

  /** The resource at a place; null if there is none. */
  public @Nullable Resource find(GroupVersion version, String plural) {
    return served.resources.get(new Place(version, plural));
  }

  /** What they add to discovery, by the name of the group. */
  public List<ApiGroup> groups() {
    Map<String, Map<String, List<ResourceType>>> byGroup = new TreeMap<>();
    for (CrdDefinition definition : served.definitions.values()) {
      for (ApiVersion version : definition.apiVersions()) {
        byGroup
            .computeIfAbsent(
                definition.group(), unused -> new TreeMap<>(VersionOrder.PREFERRED_FIRST))
            .computeIfAbsent(version.groupVersion().version(), unused -> new ArrayList<>())
            .addAll(version.resources());
      }
    }
    List<ApiGroup> groups = new ArrayList<>();
    byGroup.forEach((group, versions) -> {
      List<ApiVersion> sorted = new ArrayList<>();
      versions.forEach((version, resources) ->
          sorted.add(new ApiVersion(new GroupVersion(group, version), resources)));
      groups.add(new ApiGroup(group, sorted));
    });
    return groups;
  }

  /** What is published of them. */
  public List<CustomSchema> schemas() {
    List<CustomSchema> schemas = new ArrayList<>();
    for (CrdDefinition definition : served.definitions.values()) {
      for (CrdVersion version : definition.versions()) {
        if (definition.established() && version.served()) {
          CustomResource resource = version.resource();
          schemas.add(new CustomSchema(
              definition.resourceType(version), resource.schema(), resource.selectablePaths()));
        }
      }
    }
    return schemas;
  }

  /** Looks at a definition that was written, and serves what it says, before this returns. */
  public void refresh(String name) {
    ObjectNode definition;
    try {
      definition = registry.get(new Target(definitions, "", name, ""), "");
    } catch (StatusException e) {
      if (e.status().code() != NOT_FOUND) {
        throw e;
      }
      synchronized (this) {
        known.remove(name);
      }
      serve();
      return;
    }
    List<ObjectNode> others;
    synchronized (this) {
      others = known.entrySet().stream()
          .filter(each -> !each.getKey().equals(name))
          .map(Map.Entry::getValue)
          .toList();
    }
    ObjectNode settled = DefinitionStatus.settle(definition, others, clock.instant());
    if (DefinitionStatus.changed(definition, settled)) {
      settled = writeStatus(name, settled);
    }
    synchronized (this) {
      known.put(name, settled);
    }
    serve();
    if (Metadata.isTerminating(settled)) {
      workers.execute(() -> cleanUp(name));
    }
  }

  private ObjectNode writeStatus(String name, ObjectNode settled) {
    try {
      return registry
          .update(
              new Target(definitions, "", name, "status"),
              current -> {
                current.set("status", settled.path("status").deepCopy());
                return current;
              },
              change())
          .object();
    } catch (StatusException e) {
      log.debug("the status of {} was not written: {}", name, e.getMessage());
      return settled; // somebody else changes it right now, and will be heard of
    }
  }

  private Change change() {
    return new Change(MANAGER, false, clock.instant());
  }

  private void serve() {
    Map<String, CrdDefinition> all = new TreeMap<>();
    Map<Place, Resource> resources = new HashMap<>();
    synchronized (this) {
      known.forEach((name, object) -> all.put(name, CrdDefinition.of(object)));
      for (CrdDefinition definition : all.values()) {
        if (definition.established()) {
          add(definition, resources);
        }
      }
      served = new Served(all, resources);
    }
    changed.run();
  }

  private void add(CrdDefinition definition, Map<Place, Resource> resources) {
    for (CrdVersion version : definition.versions()) {
      if (!version.served()) {
        continue;
      }
      CustomResource custom = version.resource();
      ScalePaths scale = custom.scale();
      ResourceType type = definition.resourceType(version);
      resources.put(
          new Place(type.groupVersion(), type.name()),
          new Resource(
              type,
              StorageKeys.custom(new GroupResource(definition.group(), definition.plural())),
              custom.type(),
              new CustomStrategy(custom),
              new CustomForm(
                  decoder, custom, definition.stored().resource().kind().apiVersion()),
              definition.applyVersions(),
              new CustomFields(custom),
              TableConvertor.forCustom(version.columns()),
              scale == null ? null : new CustomScales(scale),
              true));
    }
  }

  /** Deletes what a definition that goes has defined, and lets it go. */
  private void cleanUp(String name) {
    try {
      CrdDefinition definition = served.definitions.get(name);
      if (definition != null && definition.established()) {
        Resource resource =
            find(definition.stored().resource().kind().groupVersion(), definition.plural());
        if (resource != null && !isEmptied(resource)) {
          retry(() -> cleanUp(name));
          return;
        }
      }
      registry.update(
          new Target(definitions, "", name, ""),
          current -> {
            List<String> finalizers = Metadata.finalizers(current);
            finalizers.remove(DefinitionStatus.CLEANUP_FINALIZER);
            Metadata.setFinalizers(current, finalizers);
            return DefinitionStatus.terminating(current, Termination.COMPLETED, clock.instant());
          },
          change());
      refresh(name);
    } catch (StatusException e) {
      if (e.status().code() != NOT_FOUND) {
        log.warn("the objects of {} are not deleted yet: {}", name, e.getMessage());
        retry(() -> cleanUp(name));
      }
    } catch (StorageException e) {
      log.warn("the objects of {} are not deleted yet: {}", name, e.getMessage());
      retry(() -> cleanUp(name));
    }
  }

  /** Deletes the objects of a resource; says whether there are none any more. */
  private boolean isEmptied(Resource resource) {
    registry.deleteCollection(resource, "", ListOptions.ALL, DeleteOptions.NONE, change());
    return registry.list(resource, "", ListOptions.ALL).objects().isEmpty();
  }

  private void retry(Runnable task) {
    synchronized (this) {
      if (!closed) {
        var unused =
            timer.schedule(() -> workers.execute(task), RETRY_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** Hears what somebody does to a definition. */
  private void heard(dev.kvorum.apiserver.storage.Change change) {
    String name = change.key().toUtf8().substring(definitions.keys().prefix().length());
    if (!isKnown(name, change.revision(), change.value() == null)) {
      workers.execute(() -> refreshLater(name));
    }
  }

  private void reload() {
    try {
      load();
    } catch (StatusException | StorageException e) {
      retry(this::reload);
    }
  }

  private synchronized boolean isKnown(String name, long revision, boolean deleted) {
    ObjectNode definition = known.get(name);
    return definition == null
        ? deleted
        : !deleted && Long.parseLong(Metadata.resourceVersion(definition)) >= revision;
  }

  private void refreshLater(String name) {
    try {
      refresh(name);
    } catch (StatusException | StorageException e) {
      retry(() -> refreshLater(name));
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    follower.close();
  }
}
