package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.InvalidRequest;
import dev.kvorum.proto.etcd.DowngradeRequest;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KvStore;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Going back to the version before. The format of what is stored does not depend on the version of etcd that is spoken, so
 * there is nothing to prepare: the request is checked as etcd checks it, and no downgrade is ever under way.
 */
final class Downgrades {
  /** The cluster's version as these answers say it. */
  static final String CLUSTER_VERSION =
      EtcdVersion.CLUSTER.substring(0, EtcdVersion.CLUSTER.lastIndexOf('.'));

  private static final Pattern VERSION =
      Pattern.compile("(\\d{1,9})\\.(\\d{1,9})(?:\\.\\d{1,9}(?:[-+][0-9A-Za-z.+-]+)?)?");

  private Downgrades() {}

  /** Completes with the store's revision. */
  static CompletableFuture<Long> answer(
      KvStore store, DowngradeRequest request, CallContext context) throws InvalidRequest {
    switch (request.getAction()) {
      case VALIDATE -> requireNextLower(request.getVersion());
      case ENABLE -> {
        requireNextLower(request.getVersion());
        throw invalidTarget();
      }
      case CANCEL -> {
        // none is under way, which etcd does not mind either
      }
      case UNRECOGNIZED -> {
        return CompletableFuture.failedFuture(
            Status.UNKNOWN.withDescription("etcdserver: unknown method").asRuntimeException());
      }
    }
    // Like any answer about the cluster, it needs a leader.
    return store.maintenance().alarms(context).thenApply(Alarms::revision);
  }

  private static void requireNextLower(String target) throws InvalidRequest {
    Matcher version = VERSION.matcher(target);
    if (!version.matches()) {
      throw new InvalidRequest("etcdserver: wrong downgrade target version format");
    }
    String[] current = CLUSTER_VERSION.split("\\.", -1);
    if (Integer.parseInt(version.group(1)) != Integer.parseInt(current[0])
        || Integer.parseInt(version.group(2)) != Integer.parseInt(current[1]) - 1) {
      throw invalidTarget();
    }
  }

  private static InvalidRequest invalidTarget() {
    return new InvalidRequest("etcdserver: invalid downgrade target version");
  }
}
