/**
 * etcd's JSON gateway: every RPC as a POST, and as a WebSocket.
 *
 * <p>A request goes to the very handler that gRPC would call, in this process and on the event loop of its connection:
 * what refuses, counts or limits a gRPC call does so here too, and no connection is made. Driven by the descriptors of
 * the services; knows neither the store nor what a method does. Nothing of a TLS certificate gets into a call from here:
 * whoever is on the other side of the connection may be speaking for somebody else.
 *
 * <p>Reading order: {@link dev.kvorum.grpc.gateway.JsonGateway}, {@code GatewayCall}, {@code UnaryExchange}, {@code
 * StreamExchange}, {@code MessageReader}.
 */
@NullMarked
package dev.kvorum.grpc.gateway;

import org.jspecify.annotations.NullMarked;
