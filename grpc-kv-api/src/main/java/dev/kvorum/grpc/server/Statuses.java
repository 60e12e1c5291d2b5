package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.InvalidRequest;
import dev.kvorum.grpc.wire.MalformedMessage;
import dev.kvorum.grpc.wire.ResponseTooLarge;
import dev.kvorum.store.StoreException;
import io.grpc.Status;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says failures the way etcd says them: its clients recognise them by these codes and exact texts. */
final class Statuses {
  static final Status NO_LEADER = Status.UNAVAILABLE.withDescription("etcdserver: no leader");
  static final Status STOPPED = Status.UNAVAILABLE.withDescription("etcdserver: server stopped");
  static final Status NOT_FOR_LEARNERS =
      Status.FAILED_PRECONDITION.withDescription("etcdserver: rpc not supported for learner");
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
      case MalformedMessage malformed -> unreadable(malformed);
      case ResponseTooLarge large -> Status.RESOURCE_EXHAUSTED.withDescription(large.getMessage());
      default -> {
        log.error("call failed unexpectedly", failure);
        yield INTERNAL_ERROR;
      }
    };
  }

  /** In the words of gRPC for Go. */
  private static Status unreadable(MalformedMessage malformed) {
    return Status.INTERNAL.withDescription(
        "grpc: error unmarshalling request: " + malformed.getMessage());
  }

  private static Status of(StoreException.Kind kind) {
    return switch (kind) {
      case COMPACTED ->
        text(Status.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted");
      case FUTURE_REVISION ->
        text(Status.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision");
      case KEY_NOT_FOUND -> text(Status.INVALID_ARGUMENT, "etcdserver: key not found");
      case LEASE_NOT_FOUND -> text(Status.NOT_FOUND, "etcdserver: requested lease not found");
      case LEASE_EXISTS -> text(Status.FAILED_PRECONDITION, "etcdserver: lease already exists");
      case LEASE_TTL_TOO_LARGE -> text(Status.OUT_OF_RANGE, "etcdserver: too large lease TTL");
      case REQUEST_TOO_LARGE -> text(Status.INVALID_ARGUMENT, "etcdserver: request is too large");
      case NO_SPACE -> text(Status.RESOURCE_EXHAUSTED, "etcdserver: mvcc: database space exceeded");
      case CORRUPT -> text(Status.DATA_LOSS, "etcdserver: corrupt cluster");
      case TOO_MANY_REQUESTS -> text(Status.RESOURCE_EXHAUSTED, "etcdserver: too many requests");
      case NO_LEADER -> NO_LEADER;
      case LEADER_CHANGED -> text(Status.UNAVAILABLE, "etcdserver: leader changed");
      case STOPPED -> STOPPED;
      case DEADLINE_EXCEEDED -> text(Status.DEADLINE_EXCEEDED, "context deadline exceeded");
      case TIMEOUT -> text(Status.UNAVAILABLE, "etcdserver: request timed out");
      case TIMEOUT_LEADER_FAILURE ->
        text(
            Status.UNAVAILABLE,
            "etcdserver: request timed out, possibly due to previous leader failure");
      case NOT_LEADER -> text(Status.FAILED_PRECONDITION, "etcdserver: not leader");
      case UNSUPPORTED -> text(Status.UNIMPLEMENTED, "etcdserver: not supported");
    };
  }

  private static Status text(Status code, String text) {
    return code.withDescription(text);
  }
}
