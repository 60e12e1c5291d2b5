package dev.kvorum.grpc.client;

import dev.kvorum.store.CallContext;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One request and its response. Its future is completed on the executor of its context. */
final class UnaryCall<S, R> extends ClientCall.Listener<S> {
  private final CompletableFuture<R> result = new CompletableFuture<>();
  private final Function<S, R> read;
  private @Nullable S response;

  private UnaryCall(Function<S, R> read) {
    this.read = read;
  }

  static <Q, S, R> CompletableFuture<R> start(
      Channel channel,
      MethodDescriptor<Q, S> method,
      Q request,
      CallContext context,
      Function<S, R> read) {
    UnaryCall<S, R> call = new UnaryCall<>(read);
    ClientCall<Q, S> transport = channel.newCall(method, RemoteKvStore.options(context));
    transport.start(call, new Metadata());
    transport.request(2);
    transport.sendMessage(request);
    transport.halfClose();
    return call.result;
  }

  @Override
  public void onMessage(S message) {
    response = message;
  }

  @Override
  public void onClose(Status status, Metadata trailers) {
    S message = response;
    if (!status.isOk() || message == null) {
      result.completeExceptionally(Failures.of(status));
      return;
    }
    try {
      result.complete(read.apply(message));
    } catch (RuntimeException e) {
      result.completeExceptionally(e);
    }
  }
}
