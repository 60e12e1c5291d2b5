/**
 * Between etcd's messages and the port's values, both ways.
 *
 * <p>Requests are read straight from the bytes that arrived: keys and values are windows on them. Responses are
 * described as stored bytes with a little glue in between, see {@link dev.kvorum.grpc.wire.Splice}. Pure functions;
 * nothing here knows gRPC, threads or which store is behind the port.
 */
@NullMarked
package dev.kvorum.grpc.wire;

import org.jspecify.annotations.NullMarked;
