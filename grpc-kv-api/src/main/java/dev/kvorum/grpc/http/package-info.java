/**
 * What a member serves over HTTP/1.1, on the client port beside gRPC and on the metrics port: health, version, metrics.
 *
 * <p>Runs on the event loops; a page that needs the store answers when the store does. Knows the port, not gRPC's
 * services; the one thing it shares with gRPC is the connection, see {@link dev.kvorum.grpc.http.OnePortNegotiator}.
 */
@NullMarked
package dev.kvorum.grpc.http;

import org.jspecify.annotations.NullMarked;
