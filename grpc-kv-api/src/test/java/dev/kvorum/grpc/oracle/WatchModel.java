package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest.FilterType;

/** What a watcher must be told, as a plain filter over the whole history: the obviously right watch. */
final class WatchModel {
  private WatchModel() {}

  /**
   * Whether a watcher is told of {@code event}.
   *
   * @param start its first revision
   */
  static boolean matches(WatchCreateRequest request, long start, Event event) {
    if (event.getKv().getModRevision() < start) {
      return false;
    }
    FilterType unwanted =
        event.getType() == Event.EventType.PUT ? FilterType.NOPUT : FilterType.NODELETE;
    if (request.getFiltersList().contains(unwanted)) {
      return false;
    }
    ByteString key = request.getKey().isEmpty() ? Keys.ZERO : request.getKey();
    return Keys.contains(key, request.getRangeEnd(), event.getKv().getKey());
  }

  /** The event as that watcher sees it. */
  static Event seen(WatchCreateRequest request, Event event) {
    return request.getPrevKv() ? event : event.toBuilder().clearPrevKv().build();
  }
}
