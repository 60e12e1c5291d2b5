package dev.kvorum.grpc.client;

import dev.kvorum.grpc.wire.EtcdRequests;
import dev.kvorum.grpc.wire.EtcdResults;
import dev.kvorum.grpc.wire.WatchResponses;
import dev.kvorum.proto.etcd.WatchCancelRequest;
import dev.kvorum.proto.etcd.WatchGrpc;
import dev.kvorum.proto.etcd.WatchProgressRequest;
import dev.kvorum.proto.etcd.WatchResponse;
import dev.kvorum.store.Event;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * A watch stream over a connection. A response is asked for only while the sink is ready, so that a slow sink makes the
 * server wait. The stream ends with its connection; whoever watches goes on from the last revision on a new one.
 */
final class RemoteWatchStream extends ClientCall.Listener<WatchResponse> implements WatchStream {
  private static final Metadata.Key<String> REQUIRE_LEADER =
      Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);

  private final WatchSink sink;
  private final ClientCall<dev.kvorum.proto.etcd.WatchRequest, WatchResponse> call;
  private final ArrayDeque<WatchRequest> created = new ArrayDeque<>(); // answered in this order
  private final Map<Long, Watcher> watchers = new HashMap<>();
  private boolean asking; // for a response
  private boolean ended;

  RemoteWatchStream(Channel channel, Executor executor, WatchSink sink) {
    this.sink = sink;
    this.call =
        channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT.withExecutor(executor));
    Metadata headers = new Metadata();
    headers.put(REQUIRE_LEADER, "true");
    call.start(this, headers);
    executor.execute(this::ask);
  }

  @Override
  public void create(long watchId, WatchRequest request) {
    created.add(request);
    send(dev.kvorum.proto.etcd.WatchRequest.newBuilder()
        .setCreateRequest(EtcdRequests.watch(watchId, request)));
  }

  @Override
  public void cancel(long watchId) {
    send(dev.kvorum.proto.etcd.WatchRequest.newBuilder()
        .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(watchId)));
  }

  @Override
  public void requestProgress() {
    send(dev.kvorum.proto.etcd.WatchRequest.newBuilder()
        .setProgressRequest(WatchProgressRequest.getDefaultInstance()));
  }

  @Override
  public void ready() {
    ask();
  }

  @Override
  public void close() {
    if (!ended) {
      ended = true;
      call.cancel("closed", null);
    }
  }

  @Override
  public void onMessage(WatchResponse message) {
    asking = false;
    if (ended) {
      return;
    }
    deliver(message);
    ask();
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    if (!ended) {
      ended = true;
      sink.failed(Failures.of(status));
    }
  }

  private void deliver(WatchResponse message) {
    long id = message.getWatchId();
    long revision = message.getHeader().getRevision();
    if (message.getCreated()) {
      WatchRequest request = created.remove();
      if (message.getCanceled()) {
        sink.refused(revision, message.getCancelReason());
      } else {
        watchers.put(id, new Watcher(request, new ArrayList<>()));
        sink.created(id, revision);
      }
    } else if (message.getCanceled()) {
      watchers.remove(id);
      sink.canceled(id, revision, message.getCompactRevision());
    } else if (message.getEventsCount() > 0) {
      events(id, revision, message);
    } else {
      sink.progress(id == WatchResponses.NO_WATCHER ? -1 : id, revision);
    }
  }

  /** Fragments are put together again: a revision's events are handed over together. */
  private void events(long id, long revision, WatchResponse message) {
    Watcher watcher = watchers.get(id);
    if (watcher == null) {
      return;
    }
    message.getEventsList().forEach(event -> watcher.fragments().add(EtcdResults.event(event)));
    if (!message.getFragment()) {
      List<Event> events = List.copyOf(watcher.fragments());
      watcher.fragments().clear();
      sink.events(id, watcher.request(), revision, events);
    }
  }

  private void ask() {
    if (!asking && !ended && sink.isReady()) {
      asking = true;
      call.request(1);
    }
  }

  private void send(dev.kvorum.proto.etcd.WatchRequest.Builder request) {
    if (!ended) {
      call.sendMessage(request.build());
    }
  }

  /**
   * A watcher on the other side.
   *
   * @param fragments events of a response that is not complete yet
   */
  private record Watcher(WatchRequest request, List<Event> fragments) {}
}
