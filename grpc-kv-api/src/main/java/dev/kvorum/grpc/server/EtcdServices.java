package dev.kvorum.grpc.server;

import dev.kvorum.grpc.recipe.Recipes;
import dev.kvorum.grpc.wire.WatchResponses;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.ElectionGrpc;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LockGrpc;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.WatchGrpc;
import dev.kvorum.store.KvStore;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.List;

/** The services of one member, and what they share. */
public final class EtcdServices implements AutoCloseable {
  private final KvStore store;
  private final Limits limits;
  private final OpenStreams streams = new OpenStreams();
  private final Leadership leadership;
  private final CallGate gate;
  private final Recipes recipes;
  private final MethodDescriptor.Marshaller<Inbound> inbound;

  /** Prepares the services over {@code store}, whose calls will be served on {@code loops}. */
  public EtcdServices(KvStore store, Limits limits, EventLoops loops) {
    this.store = store;
    this.limits = limits;
    this.leadership = new Leadership(
        store, limits.electionTimeoutMillis(), streams, loops.group().next());
    this.gate = new CallGate(store, leadership);
    this.recipes = new Recipes(store);
    this.inbound = Inbound.marshaller(limits.maxMessageBytes());
  }

  /** The services, for a gRPC server that calls handlers on the event loop of the connection. */
  public List<ServerServiceDefinition> definitions() {
    return List.of(
        new KvService(store, limits, gate, streams, leadership::isLearner)
            .bind(service(KVGrpc.getServiceDescriptor())),
        new LeaseService(store, gate, streams).bind(service(LeaseGrpc.getServiceDescriptor())),
        new AuthService(store).bind(service(AuthGrpc.getServiceDescriptor())),
        new LockService(store, recipes).bind(service(LockGrpc.getServiceDescriptor())),
        new ElectionService(store, recipes, gate, streams)
            .bind(service(ElectionGrpc.getServiceDescriptor())),
        watch(),
        new ClusterService(store).bind(service(ClusterGrpc.getServiceDescriptor())),
        maintenance());
  }

  /** What is known about the leader. */
  public Leadership leadership() {
    return leadership;
  }

  private ServiceBuilder service(ServiceDescriptor descriptor) {
    return new ServiceBuilder(descriptor, inbound, gate);
  }

  private ServerServiceDefinition watch() {
    var responses = new WatchResponses(store.identity(), limits.maxMessageBytes());
    return service(WatchGrpc.getServiceDescriptor()).stream(
            WatchGrpc.getWatchMethod(), new WatchCall.Factory(store, responses, gate, streams))
        .build();
  }

  private ServerServiceDefinition maintenance() {
    return new MaintenanceService(store, limits, gate, streams)
        .addTo(service(MaintenanceGrpc.getServiceDescriptor()))
        .unary(MaintenanceGrpc.getMoveLeaderMethod(), new ClusterService(store).moveLeader())
        .build();
  }

  /** Ends the streams that are open; their clients may try another member. */
  @Override
  public void close() {
    leadership.close();
    recipes.close();
    streams.stop();
  }
}
