package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.apply.Versions;
import dev.kvorum.apiserver.builtin.Defaults;
import dev.kvorum.apiserver.codec.BodyDecoder;
import dev.kvorum.apiserver.crd.definition.Definitions;
import dev.kvorum.apiserver.custom.CustomResources;
import dev.kvorum.apiserver.kinds.BuiltInFields;
import dev.kvorum.apiserver.kinds.Strategies;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.registry.Scales;
import dev.kvorum.apiserver.registry.Strategy;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.schema.ResourceTypes;
import dev.kvorum.apiserver.schema.Type;
import dev.kvorum.apiserver.storage.StorageKeys;
import dev.kvorum.apiserver.table.TableConvertor;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The built-in resources. What is needed of one is put together when it is first asked for. For all threads. */
final class Catalog {
  static final GroupResource DEFINITIONS =
      new GroupResource("apiextensions.k8s.io", "customresourcedefinitions");

  private record Place(GroupVersion version, String name) {}

  private final ResourceTypes types;
  private final BodyDecoder decoder;
  private final InstantSource clock;
  private final ConcurrentHashMap<Place, Resource> resources = new ConcurrentHashMap<>();

  Catalog(ResourceTypes types, BodyDecoder decoder, InstantSource clock) {
    this.types = types;
    this.decoder = decoder;
    this.clock = clock;
  }

  ResourceTypes types() {
    return types;
  }

  /** A resource whose objects are stored; null if there is none at that place. */
  @Nullable
  Resource find(GroupVersion version, String name) {
    Resource known = resources.get(new Place(version, name));
    if (known != null) {
      return known;
    }
    ResourceType type = types.find(version, name);
    if (type == null || type.storedAs() == null) {
      return null;
    }
    return resources.computeIfAbsent(new Place(version, name), place -> builtIn(type));
  }

  private Resource builtIn(ResourceType type) {
    GroupResource name = new GroupResource(type.groupVersion().group(), type.name());
    ObjectType schema = BuiltInTypes.get().find(type.kind());
    GroupVersion stored = type.storedAs();
    if (schema == null || stored == null) {
      throw new IllegalStateException("the program's tables lack the schema of " + type.kind());
    }
    return new Resource(
        type,
        StorageKeys.builtIn(name),
        schema,
        strategy(name),
        new BuiltInForm(decoder, type.kind(), stored, defaults(name, type.kind())),
        versions(type),
        BuiltInFields.of(name),
        TableConvertor.forKind(type.kind()),
        type.subresource("scale") == null ? null : Scales.builtIn(name),
        false);
  }

  private Strategy strategy(GroupResource name) {
    return name.equals(DEFINITIONS) ? CustomResources.strategy(clock) : Strategies.of(name);
  }

  private static Consumer<ObjectNode> defaults(GroupResource name, GroupVersionKind kind) {
    return name.equals(DEFINITIONS)
        ? Definitions::applyDefaults
        : object -> Defaults.apply(kind, object);
  }

  private Versions versions(ResourceType type) {
    return new Versions() {
      @Override
      public boolean isServed(String apiVersion) {
        return types.find(kind(apiVersion)) != null;
      }

      @Override
      public @Nullable Type type(String apiVersion) {
        return BuiltInTypes.get().find(kind(apiVersion));
      }

      private GroupVersionKind kind(String apiVersion) {
        return GroupVersionKind.of(apiVersion, type.kind().kind());
      }
    };
  }
}
