package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.LeaseResponses;
import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.LeaseKeepAlive;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;

/** A stream of renewals, each answered, in the order in which they came. */
final class KeepAliveCall extends StreamCall {
  /** Renewals of one stream that may be on their way at a time; the next one is read when the oldest is answered. */
  private static final int MAX_PENDING = 256;

  private final KvStore store;
  private final LeaseResponses responses;
  private final CallContext context;
  private final ArrayDeque<CompletableFuture<LeaseKeepAlive>> pending = new ArrayDeque<>();
  private boolean halfClosed;

  private KeepAliveCall(
      ServerCall<Inbound, Splice> call,
      KvStore store,
      LeaseResponses responses,
      OpenStreams streams,
      boolean requiresLeader) {
    super(call, streams, requiresLeader);
    this.store = store;
    this.responses = responses;
    this.context = context();
  }

  @Override
  void received(byte[] message) throws Exception {
    long id = Parsed.message(LeaseKeepAliveRequest.parser(), message).getID();
    CompletableFuture<LeaseKeepAlive> renewal = store.leaseKeepAlive(id, context);
    pending.add(renewal);
    var unused = renewal.whenComplete((result, failure) -> answer());
  }

  @Override
  boolean acceptsMore() {
    return pending.size() < MAX_PENDING && super.acceptsMore();
  }

  /** Sends what is answered from the oldest renewal on, and stops at the first that is not. */
  private void answer() {
    while (!isClosed() && !pending.isEmpty() && pending.getFirst().isDone()) {
      try {
        send(responses.keepAlive(pending.removeFirst().join(), store.term()));
      } catch (RuntimeException e) {
        close(Statuses.of(e));
      }
    }
    endIfDone();
    readOn();
  }

  private void endIfDone() {
    if (halfClosed && pending.isEmpty()) {
      close(Status.OK);
    }
  }

  @Override
  public void onHalfClose() {
    halfClosed = true;
    endIfDone();
  }

  @Override
  void writable() {
    // answers are sent as they come: there are never more than were asked for
  }

  @Override
  void ended() {
    pending.clear();
  }

  /** Accepts the calls. */
  record Factory(KvStore store, LeaseResponses responses, CallGate gate, OpenStreams streams)
      implements ServerCallHandler<Inbound, Splice> {
    @Override
    public ServerCall.Listener<Inbound> startCall(
        ServerCall<Inbound, Splice> call, Metadata headers) {
      Status refusal = gate.refusal(headers, false);
      if (refusal != null) {
        call.close(refusal, new Metadata());
        return new UnaryHandler.Ignore();
      }
      return new KeepAliveCall(call, store, responses, streams, CallGate.requiresLeader(headers));
    }
  }
}
