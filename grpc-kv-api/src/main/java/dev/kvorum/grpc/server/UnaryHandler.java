package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.InvalidRequest;
import dev.kvorum.grpc.wire.MalformedMessage;
import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.store.CallContext;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Serves the calls of one {@link UnaryMethod}. */
final class UnaryHandler<R> implements ServerCallHandler<Inbound, Splice> {
  private final CallGate gate;
  private final boolean learner;
  private final UnaryMethod<R> method;

  UnaryHandler(CallGate gate, boolean learner, UnaryMethod<R> method) {
    this.gate = gate;
    this.learner = learner;
    this.method = method;
  }

  @Override
  public ServerCall.Listener<Inbound> startCall(
      ServerCall<Inbound, Splice> call, Metadata headers) {
    Status refusal = gate.refusal(headers, learner);
    if (refusal != null) {
      call.close(refusal, new Metadata());
      return new Ignore();
    }
    call.request(2); // the second one would be a mistake, and is noticed only if asked for
    return new Call<>(call, method, context());
  }

  /** Answers on this event loop, until the deadline of the call. */
  static CallContext context() {
    Deadline deadline = Context.current().getDeadline();
    return new CallContext(
        EventLoops.current(),
        deadline == null
            ? Long.MAX_VALUE
            : System.nanoTime() + deadline.timeRemaining(TimeUnit.NANOSECONDS));
  }

  /** One call. Lives on its connection's event loop. */
  private static final class Call<R> extends ServerCall.Listener<Inbound>
      implements BiConsumer<R, @Nullable Throwable> {
    private final ServerCall<Inbound, Splice> call;
    private final UnaryMethod<R> method;
    private final CallContext context;
    private byte @Nullable [] request;
    private @Nullable CompletableFuture<R> waiting;
    private boolean closed;

    Call(ServerCall<Inbound, Splice> call, UnaryMethod<R> method, CallContext context) {
      this.call = call;
      this.method = method;
      this.context = context;
    }

    @Override
    public void onMessage(Inbound message) {
      Status problem = message.problem();
      if (problem != null) {
        close(problem);
      } else if (request != null) {
        close(Status.INTERNAL.withDescription("more than one request message"));
      } else {
        request = message.bytes();
      }
    }

    @Override
    public void onHalfClose() {
      byte[] message = request;
      request = null;
      if (closed) {
        return;
      }
      if (message == null) {
        close(Status.INTERNAL.withDescription("no request message"));
        return;
      }
      try {
        CompletableFuture<R> future = method.start().call(message, context);
        if (method.waits()) {
          waiting = future;
        }
        var unused = future.whenComplete(this);
      } catch (MalformedMessage | InvalidRequest | RuntimeException e) {
        close(method.failures().apply(e));
      }
    }

    /** The store answered. */
    @Override
    public void accept(R result, @Nullable Throwable failure) {
      if (closed) {
        return;
      }
      if (failure != null) {
        close(method.failures().apply(failure));
        return;
      }
      Splice response;
      try {
        response = method.encode().apply(result);
      } catch (RuntimeException e) {
        close(Statuses.of(e));
        return;
      }
      call.sendHeaders(new Metadata());
      call.sendMessage(response);
      close(Status.OK);
    }

    @Override
    public void onCancel() {
      closed = true;
      CompletableFuture<R> future = waiting;
      if (future != null) {
        future.cancel(false);
      }
    }

    private void close(Status status) {
      if (!closed) {
        closed = true;
        call.close(status, new Metadata());
      }
    }
  }

  /** For calls that are over before their first message. */
  static final class Ignore extends ServerCall.Listener<Inbound> {}
}
