package dev.kvorum.store;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** See {@link ClusterAdmin#NONE}. */
final class NoClusterAdmin implements ClusterAdmin {
  @Override
  public CompletableFuture<Added> add(List<String> peerUrls, boolean learner, CallContext context) {
    return refused();
  }

  @Override
  public CompletableFuture<List<Member>> remove(long id, CallContext context) {
    return refused();
  }

  @Override
  public CompletableFuture<List<Member>> update(
      long id, List<String> peerUrls, CallContext context) {
    return refused();
  }

  @Override
  public CompletableFuture<List<Member>> promote(long id, CallContext context) {
    return refused();
  }

  @Override
  public CompletableFuture<Void> moveLeader(long id, CallContext context) {
    return refused();
  }

  private static <T> CompletableFuture<T> refused() {
    return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.UNSUPPORTED));
  }
}
