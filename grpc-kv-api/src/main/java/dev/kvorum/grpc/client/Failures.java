package dev.kvorum.grpc.client;

import dev.kvorum.grpc.wire.EtcdError;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import io.grpc.Status;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Takes an etcd's words for what they mean. */
final class Failures {
  private static final Map<String, Kind> BY_TEXT = new HashMap<>();

  /** A server that answers with one of these did nothing. */
  private static final Set<Status.Code> REFUSALS = EnumSet.of(
      Status.Code.INVALID_ARGUMENT,
      Status.Code.NOT_FOUND,
      Status.Code.ALREADY_EXISTS,
      Status.Code.PERMISSION_DENIED,
      Status.Code.UNAUTHENTICATED,
      Status.Code.FAILED_PRECONDITION,
      Status.Code.OUT_OF_RANGE,
      Status.Code.UNIMPLEMENTED);

  static {
    for (Kind kind : Kind.values()) {
      BY_TEXT.put(EtcdError.of(kind).text(), kind);
    }
  }

  private Failures() {}

  /** What a call that ended like this means. Unless it is certain that nothing happened, something may have. */
  static StoreException of(Status status) {
    Kind kind = BY_TEXT.get(String.valueOf(status.getDescription()));
    if (kind != null && kind != Kind.DEADLINE_EXCEEDED) {
      return StoreException.of(kind);
    }
    if (status.getCode() == Status.Code.RESOURCE_EXHAUSTED) {
      return StoreException.of(Kind.REQUEST_TOO_LARGE);
    }
    return StoreException.of(REFUSALS.contains(status.getCode()) ? Kind.UNSUPPORTED : Kind.TIMEOUT);
  }
}
