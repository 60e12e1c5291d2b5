package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.InvalidRequest;
import dev.kvorum.grpc.wire.MalformedMessage;
import dev.kvorum.grpc.wire.Splice;
import dev.kvorum.store.CallContext;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * What a method with one request and one response does.
 *
 * @param start reads the request, whose array it may keep, and hands it to the store
 * @param encode writes the response
 * @param failures what the client is told of a failure
 * @param waits whether it may take for ever; then its future is cancelled when the client cancels the call
 * @param <R> what the store answers
 */
record UnaryMethod<R>(
    Start<R> start,
    Function<R, Splice> encode,
    Function<Throwable, Status> failures,
    boolean waits) {
  /** A method that the store answers by itself. */
  UnaryMethod(Start<R> start, Function<R, Splice> encode) {
    this(start, encode, Statuses::of, false);
  }

  /** A method of the services Lock and Election. */
  static <R> UnaryMethod<R> ofRecipe(Start<R> start, Function<R, Splice> encode) {
    return new UnaryMethod<>(start, encode, Statuses::ofRecipe, true);
  }

  /** The first half of a call. */
  interface Start<R> {
    CompletableFuture<R> call(byte[] request, CallContext context)
        throws MalformedMessage, InvalidRequest;
  }
}
