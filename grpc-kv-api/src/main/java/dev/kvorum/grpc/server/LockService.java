package dev.kvorum.grpc.server;

import dev.kvorum.grpc.recipe.Recipes;
import dev.kvorum.grpc.wire.KvResponses;
import dev.kvorum.grpc.wire.RecipeResponses;
import dev.kvorum.proto.etcd.LockGrpc;
import dev.kvorum.proto.etcd.LockRequest;
import dev.kvorum.proto.etcd.UnlockRequest;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KvStore;
import io.grpc.ServerServiceDefinition;

/** {@code v3lockpb.Lock}. */
final class LockService {
  private final KvStore store;
  private final Recipes recipes;
  private final RecipeResponses responses;
  private final KvResponses headers;

  LockService(KvStore store, Recipes recipes) {
    this.store = store;
    this.recipes = recipes;
    this.responses = new RecipeResponses(store.identity());
    this.headers = new KvResponses(store.identity());
  }

  ServerServiceDefinition bind(ServiceBuilder service) {
    return service
        .unary(LockGrpc.getLockMethod(), lock())
        .unary(LockGrpc.getUnlockMethod(), unlock())
        .build();
  }

  private UnaryMethod<?> lock() {
    return UnaryMethod.ofRecipe(
        (message, context) -> {
          LockRequest request = Parsed.message(LockRequest.parser(), message);
          Bytes name = Bytes.wrap(request.getName().toByteArray());
          return recipes.lock(name, request.getLease(), context);
        },
        held -> responses.locked(held.key(), held.revision(), store.term()));
  }

  private UnaryMethod<?> unlock() {
    return UnaryMethod.ofRecipe(
        (message, context) -> {
          UnlockRequest request = Parsed.message(UnlockRequest.parser(), message);
          return recipes.unlock(ElectionService.key(request.getKey()), context);
        },
        revision -> headers.headerOnly(revision, store.term()));
  }
}
