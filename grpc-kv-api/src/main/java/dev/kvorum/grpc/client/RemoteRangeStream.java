package dev.kvorum.grpc.client;

import dev.kvorum.grpc.wire.EtcdResults;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeStreamResponse;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.RangePart;
import dev.kvorum.store.RangeStream;
import dev.kvorum.store.StoreException;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A range stream over a connection: each part is a message, taken from the connection when it is asked for. */
final class RemoteRangeStream extends ClientCall.Listener<RangeStreamResponse>
    implements RangeStream {
  private final ClientCall<RangeRequest, RangeStreamResponse> call;
  private final RangeRequest request;
  private boolean started; // the caller's
  private volatile @Nullable CompletableFuture<RangePart> wanted;
  private volatile @Nullable StoreException failure;

  RemoteRangeStream(Channel channel, RangeRequest request, CallContext context) {
    this.call = channel.newCall(KVGrpc.getRangeStreamMethod(), RemoteKvStore.options(context));
    this.request = request;
  }

  @Override
  public CompletableFuture<RangePart> next() {
    CompletableFuture<RangePart> part = new CompletableFuture<>();
    wanted = part;
    StoreException over = failure;
    if (over != null) {
      part.completeExceptionally(over);
      return part;
    }
    if (!started) {
      started = true;
      call.start(this, new Metadata());
      call.request(1);
      call.sendMessage(request);
      call.halfClose();
    } else {
      call.request(1);
    }
    return part;
  }

  @Override
  public void close() {
    if (started) {
      call.cancel("closed", null);
    }
  }

  @Override
  public void onMessage(RangeStreamResponse message) {
    CompletableFuture<RangePart> part = wanted;
    if (part != null) {
      part.complete(EtcdResults.rangePart(message.getRangeResponse()));
    }
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    StoreException over =
        status.isOk() ? StoreException.of(StoreException.Kind.STOPPED) : Failures.of(status);
    failure = over;
    CompletableFuture<RangePart> part = wanted;
    if (part != null) {
      part.completeExceptionally(over);
    }
  }
}
