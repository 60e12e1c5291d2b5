package dev.kvorum.grpc.server;

import dev.kvorum.grpc.recipe.RecipeFailure;
import dev.kvorum.grpc.wire.EtcdError;
import dev.kvorum.grpc.wire.InvalidRequest;
import dev.kvorum.grpc.wire.MalformedMessage;
import dev.kvorum.grpc.wire.ResponseTooLarge;
import dev.kvorum.grpc.wire.UnsupportedRequest;
import dev.kvorum.store.StoreException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says failures the way etcd says them: its clients recognise them by these codes and exact texts. */
final class Statuses {
  static final Status NO_LEADER = of(StoreException.Kind.NO_LEADER);
  static final Status STOPPED = of(StoreException.Kind.STOPPED);
  static final Status NOT_FOR_LEARNERS = of(StoreException.Kind.NOT_FOR_LEARNERS);
  static final Status INVALID_CLIENT_API_VERSION =
      Status.INVALID_ARGUMENT.withDescription("etcdserver: invalid client api version");

  /** The code of an unexpected failure must not be one on which clients repeat a call by themselves. */
  private static final Status INTERNAL_ERROR =
      Status.UNKNOWN.withDescription("etcdserver: internal error");

  private static final Logger log = LoggerFactory.getLogger(Statuses.class);

  private Statuses() {}

  /** The status for anything that can be thrown; what nobody expected is logged here and told to nobody. */
  static Status of(Throwable failure) {
    Throwable cause = failure.getCause();
    if (failure instanceof CompletionException && cause != null) {
      return of(cause);
    }
    return switch (failure) {
      case StoreException refused -> of(refused.kind());
      case InvalidRequest invalid -> Status.INVALID_ARGUMENT.withDescription(invalid.getMessage());
      case UnsupportedRequest unsupported ->
        Status.UNIMPLEMENTED.withDescription(unsupported.getMessage());
      case MalformedMessage malformed -> unreadable(malformed);
      case ResponseTooLarge large -> Status.RESOURCE_EXHAUSTED.withDescription(large.getMessage());
      case StatusRuntimeException said -> said.getStatus();
      default -> {
        log.error("call failed unexpectedly", failure);
        yield INTERNAL_ERROR;
      }
    };
  }

  /**
   * The status for a failure of the services Lock and Election: etcd serves them through a client of its own, whose
   * failures have a text and no code.
   */
  static Status ofRecipe(Throwable failure) {
    Throwable cause = failure.getCause();
    if (failure instanceof CompletionException && cause != null) {
      return ofRecipe(cause);
    }
    return switch (failure) {
      case RecipeFailure refused -> Status.UNKNOWN.withDescription(refused.getMessage());
      case StoreException refused ->
        Status.UNKNOWN.withDescription(EtcdError.of(refused.kind()).text());
      default -> of(failure);
    };
  }

  /** In the words of gRPC for Go. */
  private static Status unreadable(MalformedMessage malformed) {
    return Status.INTERNAL.withDescription(
        "grpc: error unmarshalling request: " + malformed.getMessage());
  }

  private static Status of(StoreException.Kind kind) {
    EtcdError error = EtcdError.of(kind);
    return Status.fromCodeValue(error.code()).withDescription(error.text());
  }
}
