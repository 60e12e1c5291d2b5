package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.KvRequests;
import dev.kvorum.grpc.wire.KvResponses;
import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.RangePart;
import dev.kvorum.store.RangeStream;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * One RangeStream call: a message per part of the range. A part is read only while nothing is waiting to be sent, so a
 * call has at most two parts in memory: one on its way to the client and one that was just read.
 */
final class RangeStreamCall extends StreamCall {
  private final KvStore store;
  private final KvRequests requests;
  private final KvResponses responses;
  private final int partBytes;
  private final CallContext context;
  private @Nullable RangeStream range;
  private boolean reading;

  private RangeStreamCall(
      ServerCall<Inbound, Splice> call, Factory factory, boolean requiresLeader) {
    super(call, factory.streams(), requiresLeader);
    this.store = factory.store();
    this.requests = factory.requests();
    this.responses = factory.responses();
    this.partBytes = factory.partBytes();
    this.context = UnaryHandler.context();
  }

  @Override
  void received(byte[] message) throws Exception {
    range = store.rangeStream(requests.rangeStream(message), partBytes, context);
    readNext();
  }

  /** There is one request. */
  @Override
  boolean acceptsMore() {
    return false;
  }

  @Override
  public void onHalfClose() {
    if (range == null) {
      close(Status.INTERNAL.withDescription("no request message"));
    }
  }

  @Override
  void writable() {
    readNext();
  }

  private void readNext() {
    RangeStream current = range;
    if (current == null || reading || !isReady()) {
      return;
    }
    reading = true;
    var unused = current.next().whenComplete(this::read);
  }

  private void read(@Nullable RangePart part, @Nullable Throwable failure) {
    reading = false;
    if (isClosed()) {
      return;
    }
    if (part == null) {
      close(Statuses.of(failure == null ? new IllegalStateException("no part") : failure));
      return;
    }
    try {
      send(responses.rangePart(part, store.term()));
    } catch (RuntimeException e) {
      close(Statuses.of(e));
      return;
    }
    if (part.end() != null) {
      close(Status.OK);
    } else {
      readNext();
    }
  }

  @Override
  void ended() {
    RangeStream current = range;
    if (current != null) {
      current.close();
    }
  }

  /**
   * Accepts the calls.
   *
   * @param partBytes how large messages should become
   */
  record Factory(
      KvStore store,
      KvRequests requests,
      KvResponses responses,
      int partBytes,
      CallGate gate,
      OpenStreams streams)
      implements ServerCallHandler<Inbound, Splice> {
    @Override
    public ServerCall.Listener<Inbound> startCall(
        ServerCall<Inbound, Splice> call, Metadata headers) {
      Status refusal = gate.refusal(headers, false);
      if (refusal != null) {
        call.close(refusal, new Metadata());
        return new UnaryHandler.Ignore();
      }
      return new RangeStreamCall(call, this, CallGate.requiresLeader(headers));
    }
  }
}
