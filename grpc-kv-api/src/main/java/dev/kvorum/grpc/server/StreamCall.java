package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Caller;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.channel.EventLoop;

/**
 * A call with many messages each way. Lives on its connection's event loop: every method but {@link #closeSoon}
 * is called there.
 *
 * <p>A client that sends without reading is not read either: the next message is asked for only while what was answered
 * so far is not waiting to be sent. So what waits is bounded by the call's readiness threshold and one answer.
 */
abstract class StreamCall extends ServerCall.Listener<Inbound> {
  private final ServerCall<Inbound, Splice> call;
  private final EventLoop loop = EventLoops.current();
  private final Caller caller = Callers.current();
  private final OpenStreams streams;
  private final boolean requiresLeader;
  private boolean closed;
  private boolean wantsMessage;

  /**
   * Takes over an accepted call.
   *
   * @param streams this call is one of them while it is open
   * @param requiresLeader whether the call ends when there is no leader for long
   */
  StreamCall(ServerCall<Inbound, Splice> call, OpenStreams streams, boolean requiresLeader) {
    this.call = call;
    this.streams = streams;
    this.requiresLeader = requiresLeader;
    streams.add(this);
    call.sendHeaders(new Metadata());
    call.request(1);
  }

  /** Takes a message from the client. */
  abstract void received(byte[] message) throws Exception;

  /** What was sent so far is on its way. */
  abstract void writable();

  /** The stream is over, for whatever reason. Called once. */
  abstract void ended();

  final EventLoop loop() {
    return loop;
  }

  /** How the store answers this stream, and for whom. */
  final CallContext context() {
    return CallContext.on(loop).by(caller);
  }

  public final boolean isReady() {
    return !closed && call.isReady();
  }

  final void send(Splice message) {
    if (!closed) {
      call.sendMessage(message);
    }
  }

  final void close(Status status) {
    if (!closed) {
      call.close(status, new Metadata());
      end();
    }
  }

  final boolean isClosed() {
    return closed;
  }

  /** Whether another message from the client can be dealt with; asked again when one is {@link #writable}. */
  boolean acceptsMore() {
    return call.isReady();
  }

  /** Reads on if the stream was held back and need not be any more. */
  final void readOn() {
    if (wantsMessage && !closed && acceptsMore()) {
      wantsMessage = false;
      call.request(1);
    }
  }

  @Override
  public final void onMessage(Inbound message) {
    if (closed) {
      return;
    }
    if (message.problem() != null) {
      close(message.problem());
      return;
    }
    try {
      received(message.bytes());
    } catch (Exception e) {
      close(Statuses.of(e));
      return;
    }
    wantsMessage = true;
    readOn();
  }

  @Override
  public final void onReady() {
    if (!closed) {
      writable();
      readOn();
    }
  }

  @Override
  public final void onCancel() {
    if (!closed) {
      end();
    }
  }

  final boolean requiresLeader() {
    return requiresLeader;
  }

  /** Ends the call from any thread. */
  final void closeSoon(Status status) {
    loop.execute(() -> close(status));
  }

  private void end() {
    closed = true;
    streams.remove(this);
    ended();
  }
}
