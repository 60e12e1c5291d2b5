package dev.kvorum.grpc.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call without a transport: the handler of a method is called as gRPC would call it, with the bytes of messages.
 *
 * <p>Lives on one event loop, where the handler's listener and the {@link Peer} are called. The handler may use it from any
 * thread; then what it does happens there a little later, in order.
 */
final class GatewayCall<Q, R> extends ServerCall<Q, R> {
  /** The other end. */
  interface Peer {
    /** Takes a response. */
    void message(InputStream encoded) throws InvalidProtocolBufferException;

    /** The call is over; nothing follows. */
    void closed(Status status);

    /** More messages are wanted than before. */
    void demanded();

    /** Whether responses can be sent at once. */
    boolean isWritable();
  }

  private static final Status FAILED = Status.UNKNOWN.withDescription("etcdserver: internal error");
  private static final Status TOO_LATE =
      Status.DEADLINE_EXCEEDED.withDescription("context deadline exceeded");

  private static final Logger log = LoggerFactory.getLogger(GatewayCall.class);

  private final ServerMethodDefinition<Q, R> method;
  private final Metadata headers;
  private final EventLoop loop;
  private final Attributes attributes;
  private final List<ServerStreamTracer> tracers = new ArrayList<>();
  private final Peer peer;
  private final Context.CancellableContext context;
  private final Context calledIn;
  private @Nullable Listener<Q> listener;
  private int demand;
  private int received;
  private int sent;
  private boolean closed;
  private volatile boolean cancelled;

  GatewayCall(
      ServerMethodDefinition<Q, R> method,
      CallHeaders headers,
      EventLoop loop,
      SocketAddress remoteAddress,
      List<ServerStreamTracer.Factory> factories,
      Peer peer) {
    this.method = method;
    this.headers = headers.metadata();
    this.loop = loop;
    this.attributes = Attributes.newBuilder()
        .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, remoteAddress)
        .build();
    this.peer = peer;
    Long timeout = headers.timeoutNanos();
    this.context = timeout == null
        ? Context.ROOT.withCancellation()
        : Context.ROOT.withDeadline(Deadline.after(timeout, TimeUnit.NANOSECONDS), loop);
    Context outermost = context;
    for (ServerStreamTracer.Factory factory : factories) {
      ServerStreamTracer tracer = factory.newServerStreamTracer(
          method.getMethodDescriptor().getFullMethodName(), this.headers);
      tracers.add(tracer);
      outermost = tracer.filterContext(outermost);
    }
    this.calledIn = outermost;
  }

  /** Hands the call to its handler. */
  void start() {
    context.addListener(cause -> onLoop(this::ranOut), Runnable::run);
    guarded(() -> {
      listener = method.getServerCallHandler().startCall(this, headers);
      if (!closed) {
        listener.onReady();
      }
    });
  }

  private void ranOut() {
    if (!closed && !cancelled) {
      peer.closed(TOO_LATE);
      cancel(TOO_LATE);
    }
  }

  /** How many messages the handler asked for and did not get. */
  int demand() {
    return demand;
  }

  /** Gives the handler a message that it asked for. */
  void deliver(byte[] message) {
    if (closed || cancelled || listener == null) {
      return;
    }
    demand--;
    int number = received++;
    for (ServerStreamTracer tracer : tracers) {
      tracer.inboundMessage(number);
      tracer.inboundWireSize(message.length);
    }
    Listener<Q> target = listener;
    guarded(() -> target.onMessage(method.getMethodDescriptor().parseRequest(new Known(message))));
  }

  /** The client has no more messages. */
  void halfClose() {
    if (!closed && !cancelled && listener != null) {
      guarded(listener::onHalfClose);
    }
  }

  /** The client can take more. */
  void writable() {
    if (!closed && !cancelled && listener != null) {
      guarded(listener::onReady);
    }
  }

  /** The client is gone. */
  void cancel() {
    cancel(Status.CANCELLED);
  }

  private void cancel(Status status) {
    if (closed || cancelled) {
      return;
    }
    cancelled = true;
    context.cancel(null);
    if (listener != null) {
      guarded(listener::onCancel);
    }
    ended(status);
  }

  private void ended(Status status) {
    tracers.forEach(tracer -> tracer.streamClosed(status));
  }

  /** A handler that throws has failed in a way that nobody expected; the client is not told how. */
  private void guarded(Runnable callback) {
    try {
      calledIn.run(callback);
    } catch (RuntimeException e) {
      log.error("call failed unexpectedly", e);
      if (!closed && !cancelled) {
        peer.closed(FAILED);
        cancel(FAILED);
      }
    }
  }

  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  @Override
  public void request(int count) {
    onLoop(() -> {
      demand = (int) Math.min(Integer.MAX_VALUE, (long) demand + count);
      if (listener != null && !closed && !cancelled) {
        peer.demanded();
      }
    });
  }

  @Override
  public void sendHeaders(Metadata responseHeaders) {
    // the response's headers are the gateway's own
  }

  @Override
  public void sendMessage(R message) {
    onLoop(() -> {
      if (closed || cancelled) {
        return;
      }
      try (InputStream encoded = method.getMethodDescriptor().streamResponse(message)) {
        int number = sent++;
        int size = encoded.available();
        for (ServerStreamTracer tracer : tracers) {
          tracer.outboundMessage(number);
          tracer.outboundWireSize(size);
        }
        peer.message(encoded);
      } catch (IOException e) {
        throw new IllegalStateException("a response that cannot be read", e);
      }
    });
  }

  @Override
  public void close(Status status, Metadata trailers) {
    onLoop(() -> {
      if (closed || cancelled) {
        return;
      }
      closed = true;
      peer.closed(status);
      ended(status);
      context.cancel(null);
      loop.execute(() -> {
        if (listener != null) {
          guarded(listener::onComplete); // whoever closed the call is done first
        }
      });
    });
  }

  @Override
  public boolean isReady() {
    return !cancelled && peer.isWritable();
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }

  @Override
  public Attributes getAttributes() {
    return attributes;
  }

  @Override
  public MethodDescriptor<Q, R> getMethodDescriptor() {
    return method.getMethodDescriptor();
  }

  /** A message whose size is known, so that it is not read before it is known to be too large. */
  private static final class Known extends ByteArrayInputStream implements io.grpc.KnownLength {
    Known(byte[] bytes) {
      super(bytes);
    }
  }
}
