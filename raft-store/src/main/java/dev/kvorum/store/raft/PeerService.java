package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerServiceDefinition;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@link PeerMethod}s. Handlers run on the event loop of the peer port, beside Raft's own traffic, so none of them
 * may wait for anything.
 */
final class PeerService {
  private static final Logger LOG = LoggerFactory.getLogger(PeerService.class);

  /** Answers one call. */
  interface Handler {
    /**
     * Starts to answer.
     *
     * @param caller the member that asks
     * @return completes with the answer, or exceptionally: with a {@link StoreException}, which the caller is told, or
     *     with anything else, which it sees as a failed call
     */
    CompletableFuture<byte[]> handle(long caller, byte[] request);
  }

  /** Answers one call with many messages. */
  interface StreamHandler {
    void handle(long caller, byte[] request, ReadyCall call);
  }

  /** A call with many answers, and when more of them may be sent. */
  static final class ReadyCall {
    private final ServerCall<byte[], byte[]> call;
    private volatile Runnable onReady = () -> {};
    private volatile boolean cancelled;

    ReadyCall(ServerCall<byte[], byte[]> call) {
      this.call = call;
    }

    ServerCall<byte[], byte[]> call() {
      return call;
    }

    /** Sets what to run when the call becomes ready or is cancelled; on the event loop. */
    void onReady(Runnable action) {
      onReady = action;
    }

    boolean isCancelled() {
      return cancelled || call.isCancelled();
    }
  }

  private final Map<PeerMethod, Handler> handlers = new EnumMap<>(PeerMethod.class);
  private final Map<PeerMethod, StreamHandler> streams = new EnumMap<>(PeerMethod.class);

  PeerService on(PeerMethod method, Handler handler) {
    handlers.put(method, handler);
    return this;
  }

  PeerService onStream(PeerMethod method, StreamHandler handler) {
    streams.put(method, handler);
    return this;
  }

  ServerServiceDefinition definition() {
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(PeerMethod.SERVICE);
    handlers.forEach((method, handler) -> service.addMethod(method.descriptor(), unary(handler)));
    streams.forEach((method, handler) -> service.addMethod(method.descriptor(), stream(handler)));
    return service.build();
  }

  private static ServerCallHandler<byte[], byte[]> unary(Handler handler) {
    return (call, headers) -> {
      call.request(2); // one message, and a second one would be an error
      return new OneRequest() {
        @Override
        void received(byte[] request) {
          CompletableFuture<byte[]> answer;
          try {
            answer = handler.handle(PeerGuard.CALLER.get(), request);
          } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
          }
          Futures.onDone(answer, (payload, failure) -> answer(call, payload, failure));
        }
      };
    };
  }

  private static ServerCallHandler<byte[], byte[]> stream(StreamHandler handler) {
    return (call, headers) -> {
      call.request(2);
      ReadyCall ready = new ReadyCall(call);
      return new OneRequest() {
        @Override
        void received(byte[] request) {
          call.sendHeaders(new Metadata());
          handler.handle(PeerGuard.CALLER.get(), request, ready);
        }

        @Override
        public void onReady() {
          ready.onReady.run();
        }

        @Override
        public void onCancel() {
          ready.cancelled = true;
          ready.onReady.run();
        }
      };
    };
  }

  private static void answer(
      ServerCall<byte[], byte[]> call, byte @Nullable [] payload, @Nullable Throwable failure) {
    byte[] framed;
    if (payload != null) {
      framed = PeerWire.answer(payload);
    } else if (failure instanceof StoreException refused) {
      framed = PeerWire.refusal(refused);
    } else {
      LOG.warn("cannot answer {}", call.getMethodDescriptor().getFullMethodName(), failure);
      call.close(Status.INTERNAL.withDescription(String.valueOf(failure)), new Metadata());
      return;
    }
    if (!call.isCancelled()) {
      call.sendHeaders(new Metadata());
      call.sendMessage(framed);
      call.close(Status.OK, new Metadata());
    }
  }

  /** Takes exactly one request. */
  private abstract static class OneRequest extends ServerCall.Listener<byte[]> {
    private byte @Nullable [] request;

    abstract void received(byte[] message);

    @Override
    public void onMessage(byte[] message) {
      request = message;
    }

    @Override
    public void onHalfClose() {
      byte[] message = request;
      if (message != null) {
        received(message);
      }
    }
  }
}
