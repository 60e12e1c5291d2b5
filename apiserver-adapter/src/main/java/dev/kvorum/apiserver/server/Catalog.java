package dev.kvorum.apiserver.server;

import dev.kvorum.apiserver.apply.Versions;
import dev.kvorum.apiserver.codec.BodyDecoder;
import dev.kvorum.apiserver.kinds.BuiltInFields;
import dev.kvorum.apiserver.kinds.Strategies;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.schema.ResourceTypes;
import dev.kvorum.apiserver.schema.Type;
import dev.kvorum.apiserver.storage.StorageKeys;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The resources that are served. What is needed of one is put together when it is first asked for. For all threads. */
final class Catalog {
  private record Place(GroupVersion version, String name) {}

  private final ResourceTypes types;
  private final BodyDecoder decoder;
  private final ConcurrentHashMap<Place, Resource> resources = new ConcurrentHashMap<>();

  Catalog(ResourceTypes types, BodyDecoder decoder) {
    this.types = types;
    this.decoder = decoder;
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
        Strategies.of(name),
        new BuiltInForm(decoder, type.kind(), stored, object -> {}),
        versions(type),
        BuiltInFields.of(name),
        false);
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
