package dev.kvorum.grpc.server;

import com.google.protobuf.ByteString;
import dev.kvorum.grpc.recipe.RecipeFailure;
import dev.kvorum.grpc.recipe.Recipes;
import dev.kvorum.grpc.wire.KvResponses;
import dev.kvorum.grpc.wire.RecipeResponses;
import dev.kvorum.proto.etcd.CampaignRequest;
import dev.kvorum.proto.etcd.ElectionGrpc;
import dev.kvorum.proto.etcd.LeaderKey;
import dev.kvorum.proto.etcd.LeaderRequest;
import dev.kvorum.proto.etcd.ProclaimRequest;
import dev.kvorum.proto.etcd.ResignRequest;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KvStore;
import io.grpc.ServerServiceDefinition;

/** {@code v3electionpb.Election}. */
final class ElectionService {
  private final KvStore store;
  private final Recipes recipes;
  private final RecipeResponses responses;
  private final KvResponses headers;
  private final ObserveCall.Factory observe;

  ElectionService(KvStore store, Recipes recipes, CallGate gate, OpenStreams streams) {
    this.store = store;
    this.recipes = recipes;
    this.responses = new RecipeResponses(store.identity());
    this.headers = new KvResponses(store.identity());
    this.observe = new ObserveCall.Factory(store, recipes, responses, gate, streams);
  }

  ServerServiceDefinition bind(ServiceBuilder service) {
    return service
        .unary(ElectionGrpc.getCampaignMethod(), campaign())
        .unary(ElectionGrpc.getProclaimMethod(), proclaim())
        .unary(ElectionGrpc.getLeaderMethod(), leader())
        .stream(ElectionGrpc.getObserveMethod(), observe)
        .unary(ElectionGrpc.getResignMethod(), resign())
        .build();
  }

  private UnaryMethod<?> campaign() {
    return UnaryMethod.ofRecipe(
        (message, context) -> {
          CampaignRequest request = Parsed.message(CampaignRequest.parser(), message);
          return recipes.campaign(
              bytes(request.getName()), request.getLease(), bytes(request.getValue()), context);
        },
        elected -> {
          Recipes.LeaderKey leader = elected.leader();
          return responses.elected(
              leader.name(),
              leader.key(),
              leader.createRevision(),
              leader.lease(),
              elected.revision(),
              store.term());
        });
  }

  private UnaryMethod<?> proclaim() {
    return UnaryMethod.ofRecipe(
        (message, context) -> {
          ProclaimRequest request = Parsed.message(ProclaimRequest.parser(), message);
          Recipes.LeaderKey leader = leader(request.hasLeader(), request.getLeader());
          return recipes.proclaim(leader, bytes(request.getValue()), context);
        },
        revision -> headers.headerOnly(revision, store.term()));
  }

  private UnaryMethod<?> leader() {
    return UnaryMethod.ofRecipe(
        (message, context) -> {
          LeaderRequest request = Parsed.message(LeaderRequest.parser(), message);
          return recipes.leader(bytes(request.getName()), context);
        },
        said -> responses.leader(said.keyValue(), said.revision(), store.term()));
  }

  private UnaryMethod<?> resign() {
    return UnaryMethod.ofRecipe(
        (message, context) -> {
          ResignRequest request = Parsed.message(ResignRequest.parser(), message);
          return recipes.resign(leader(request.hasLeader(), request.getLeader()), context);
        },
        revision -> headers.headerOnly(revision, store.term()));
  }

  private static Recipes.LeaderKey leader(boolean present, LeaderKey leader) {
    if (!present) {
      throw new RecipeFailure("\"leader\" field must be provided");
    }
    return new Recipes.LeaderKey(
        bytes(leader.getName()), key(leader.getKey()), leader.getRev(), leader.getLease());
  }

  /** A key that somebody holds. */
  static Bytes key(ByteString key) {
    if (key.isEmpty()) {
      throw new RecipeFailure("etcdserver: key is not provided");
    }
    return bytes(key);
  }

  private static Bytes bytes(ByteString value) {
    return Bytes.wrap(value.toByteArray());
  }
}
