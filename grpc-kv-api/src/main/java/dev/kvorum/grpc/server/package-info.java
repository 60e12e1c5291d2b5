/**
 * etcd's gRPC services over any {@link dev.kvorum.store.KvStore}.
 *
 * <p>Everything runs on the event loop of the connection that a call came in on, and the store completes calls there;
 * so nothing here blocks and nothing is locked. Messages are bytes on this level: {@code grpc.wire} reads and writes
 * them. Knows nothing of HTTP/1.1, of what is behind the port, or of how the process is configured.
 *
 * <p>Reading order: {@link dev.kvorum.grpc.server.EtcdServices}, {@code UnaryHandler}, {@code KvService}, {@code
 * WatchCall}, {@code Statuses}.
 */
@NullMarked
package dev.kvorum.grpc.server;

import org.jspecify.annotations.NullMarked;
