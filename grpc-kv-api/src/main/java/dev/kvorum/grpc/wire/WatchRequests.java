package dev.kvorum.grpc.wire;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest.FilterType;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.WatchRequest;

/** Reads what a watcher wants. */
public final class WatchRequests {
  private WatchRequests() {}

  /** Translates a create request; an unknown filter filters nothing, as in etcd. */
  public static WatchRequest of(WatchCreateRequest request) {
    return new WatchRequest(
        new KeyRange(bytes(request.getKey()), bytes(request.getRangeEnd())),
        request.getStartRevision(),
        request.getPrevKv(),
        request.getProgressNotify(),
        request.getFiltersList().contains(FilterType.NOPUT),
        request.getFiltersList().contains(FilterType.NODELETE),
        request.getFragment());
  }

  private static Bytes bytes(ByteString value) {
    return Bytes.wrap(value.toByteArray());
  }
}
