package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.Splice;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import java.util.HashMap;
import java.util.Map;

/**
 * Puts a service together whose messages are bytes. Methods that nothing was said about are not registered, so that gRPC
 * answers UNIMPLEMENTED: clients try a method, and fall back on that very code.
 */
final class ServiceBuilder {
  private final ServiceDescriptor descriptor;
  private final MethodDescriptor.Marshaller<Inbound> inbound;
  private final CallGate gate;
  private final Map<MethodDescriptor<Inbound, Splice>, ServerCallHandler<Inbound, Splice>>
      handlers = new HashMap<>();

  ServiceBuilder(
      ServiceDescriptor descriptor, MethodDescriptor.Marshaller<Inbound> inbound, CallGate gate) {
    this.descriptor = descriptor;
    this.inbound = inbound;
    this.gate = gate;
  }

  /** A method that a member which does not vote refuses. */
  <R> ServiceBuilder unary(MethodDescriptor<?, ?> method, UnaryMethod<R> implementation) {
    return stream(method, new UnaryHandler<>(gate, false, implementation));
  }

  /** A method that every member serves. */
  <R> ServiceBuilder unaryOnLearners(MethodDescriptor<?, ?> method, UnaryMethod<R> implementation) {
    return stream(method, new UnaryHandler<>(gate, true, implementation));
  }

  ServiceBuilder stream(MethodDescriptor<?, ?> method, ServerCallHandler<Inbound, Splice> handler) {
    handlers.put(method.toBuilder(inbound, SpliceMarshaller.INSTANCE).build(), handler);
    return this;
  }

  ServerServiceDefinition build() {
    ServiceDescriptor.Builder bytes = ServiceDescriptor.newBuilder(descriptor.getName());
    handlers.keySet().forEach(bytes::addMethod);
    ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(bytes.build());
    handlers.forEach(service::addMethod);
    return service.build();
  }
}
