package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.grpc.wire.WatchRequests;
import dev.kvorum.grpc.wire.WatchResponses;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.store.Event;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.List;

/**
 * One Watch stream: passes requests on to the store's stream and writes what comes back. Both sides live on the
 * connection's event loop, so that what one applied entry brings for a connection leaves in one go.
 *
 * <p>The client ending its side does not end the stream; only cancelling it does.
 */
final class WatchCall extends StreamCall implements WatchSink {
  /** Unsent bytes at which a stream counts as slow: enough to hold what a full send window needs next. */
  private static final int READY_THRESHOLD_BYTES = 512 * 1024;

  private final KvStore store;
  private final WatchResponses responses;
  private final WatchStream stream;

  private WatchCall(
      ServerCall<Inbound, Splice> call,
      KvStore store,
      WatchResponses responses,
      OpenStreams streams,
      boolean requiresLeader) {
    super(call, streams, requiresLeader);
    this.store = store;
    this.responses = responses;
    call.setOnReadyThreshold(READY_THRESHOLD_BYTES);
    this.stream = store.openWatchStream(context(), this);
  }

  @Override
  void received(byte[] message) throws Exception {
    var request = Parsed.message(dev.kvorum.proto.etcd.WatchRequest.parser(), message);
    switch (request.getRequestUnionCase()) {
      case CREATE_REQUEST -> {
        WatchCreateRequest create = request.getCreateRequest();
        stream.create(create.getWatchId(), WatchRequests.of(create));
      }
      case CANCEL_REQUEST -> stream.cancel(request.getCancelRequest().getWatchId());
      case PROGRESS_REQUEST -> stream.requestProgress();
      case REQUESTUNION_NOT_SET -> {
        // ignored, as in etcd
      }
    }
  }

  @Override
  public void created(long watchId, long revision) {
    send(responses.created(watchId, revision, store.term()));
  }

  @Override
  public void refused(long revision, String reason) {
    send(responses.refused(reason, revision, store.term()));
  }

  @Override
  public void events(long watchId, WatchRequest request, long revision, List<Event> events) {
    responses.events(
        watchId, events, request.prevKv(), request.fragment(), revision, store.term(), this::send);
  }

  @Override
  public void progress(long watchId, long revision) {
    send(responses.progress(watchId, revision, store.term()));
  }

  @Override
  public void canceled(long watchId, long revision, long compactRevision) {
    send(responses.canceled(watchId, revision, compactRevision, store.term()));
  }

  @Override
  public void denied(long watchId, long revision, StoreException reason) {
    String text = Statuses.goText(reason);
    send(
        watchId == WatchResponses.NO_WATCHER
            ? responses.refused(text, revision, store.term())
            : responses.canceled(watchId, revision, text, store.term()));
  }

  @Override
  public void failed(StoreException failure) {
    close(Statuses.of(failure));
  }

  @Override
  void writable() {
    stream.ready();
  }

  @Override
  void ended() {
    stream.close();
  }

  /** Accepts the calls. */
  record Factory(KvStore store, WatchResponses responses, CallGate gate, OpenStreams streams)
      implements ServerCallHandler<Inbound, Splice> {
    @Override
    public ServerCall.Listener<Inbound> startCall(
        ServerCall<Inbound, Splice> call, Metadata headers) {
      Status refusal = gate.refusal(headers, false);
      if (refusal != null) {
        call.close(refusal, new Metadata());
        return new UnaryHandler.Ignore();
      }
      return new WatchCall(call, store, responses, streams, CallGate.requiresLeader(headers));
    }
  }
}
