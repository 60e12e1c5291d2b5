package dev.kvorum.grpc.server;

import dev.kvorum.grpc.recipe.Observation;
import dev.kvorum.grpc.recipe.Recipes;
import dev.kvorum.grpc.wire.RecipeResponses;
import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.proto.etcd.LeaderRequest;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.KvStore;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** One Observe call: a message per leader and per value of the leader. */
final class ObserveCall extends StreamCall implements Observation.Observer {
  private final KvStore store;
  private final Recipes recipes;
  private final RecipeResponses responses;
  private @Nullable Observation observation;

  private ObserveCall(ServerCall<Inbound, Splice> call, Factory factory, boolean requiresLeader) {
    super(call, factory.streams(), requiresLeader);
    this.store = factory.store();
    this.recipes = factory.recipes();
    this.responses = factory.responses();
  }

  @Override
  void received(byte[] message) throws Exception {
    LeaderRequest request = Parsed.message(LeaderRequest.parser(), message);
    Bytes name = Bytes.wrap(request.getName().toByteArray());
    Observation begun = recipes.observe(name, this, CallContext.on(loop()));
    observation = begun;
    begun.start();
  }

  /** There is one request. */
  @Override
  boolean acceptsMore() {
    return false;
  }

  @Override
  public void onHalfClose() {
    if (observation == null) {
      close(Status.INTERNAL.withDescription("no request message"));
    }
  }

  @Override
  public void said(KeyValue keyValue, long revision) {
    send(responses.leader(keyValue, revision, store.term()));
  }

  @Override
  public void failed(Throwable failure) {
    close(Statuses.ofRecipe(failure));
  }

  @Override
  void writable() {
    Observation current = observation;
    if (current != null) {
      current.ready();
    }
  }

  @Override
  void ended() {
    Observation current = observation;
    if (current != null) {
      current.close();
    }
  }

  /** Accepts the calls. */
  record Factory(
      KvStore store, Recipes recipes, RecipeResponses responses, CallGate gate, OpenStreams streams)
      implements ServerCallHandler<Inbound, Splice> {
    @Override
    public ServerCall.Listener<Inbound> startCall(
        ServerCall<Inbound, Splice> call, Metadata headers) {
      Status refusal = gate.refusal(headers, false);
      if (refusal != null) {
        call.close(refusal, new Metadata());
        return new UnaryHandler.Ignore();
      }
      return new ObserveCall(call, this, CallGate.requiresLeader(headers));
    }
  }
}
