package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.InvalidRequest;
import dev.kvorum.grpc.wire.MalformedMessage;
import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.store.CallContext;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What a method with one request and one response does.
 *
 * @param start reads the request, whose array it may keep, and hands it to the store
 * @param encode writes the response
 * @param <R> what the store answers
 */
record UnaryMethod<R>(Start<R> start, Function<R, Splice> encode) {
  /** The first half of a call. */
  interface Start<R> {
    CompletableFuture<R> call(byte[] request, CallContext context)
        throws MalformedMessage, InvalidRequest;
  }
}
