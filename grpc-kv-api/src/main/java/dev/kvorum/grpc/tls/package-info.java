/**
 * TLS on the ports that clients reach: before gRPC, before HTTP, the same on each.
 *
 * <p>Where certificates come from and whom to trust is decided in {@code dev.kvorum.tls}; here that is made to work with
 * Netty. Knows nothing of what is served behind it.
 */
@NullMarked
package dev.kvorum.grpc.tls;

import org.jspecify.annotations.NullMarked;
