package dev.kvorum.grpc.server;

import dev.kvorum.store.Access;
import dev.kvorum.store.AuthStore;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Caller;
import dev.kvorum.store.StoreException;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every method of every service: says who calls, and applies {@link RpcRules}. What a method does with keys
 * is for the store to decide.
 *
 * <p>Lives on the connection's event loop. A call that is being decided about is not started, so it has not asked for
 * messages yet.
 */
public final class AccessGuard implements ServerInterceptor {
  private final AuthStore auth;

  /** Asks {@code auth} about those whom {@link Callers} finds. */
  public AccessGuard(AuthStore auth) {
    this.auth = auth;
  }

  @Override
  public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
      ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
    RpcRules.Rule rule = RpcRules.of(call.getMethodDescriptor().getFullMethodName());
    if (rule == null) {
      call.close(
          Statuses.of(StoreException.of(StoreException.Kind.PERMISSION_DENIED)), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    Caller caller = Callers.of(call, headers);
    boolean checked = auth.enabled()
        && (!(RpcRules.before(rule) instanceof Access.Free) || rule == RpcRules.Rule.ALARM);
    if (!checked) {
      return start(call, headers, next, caller);
    }
    CallContext context = new CallContext(EventLoops.current(), deadlineNanos(), caller);
    CompletableFuture<Void> decision = auth.authorize(RpcRules.before(rule), context);
    Held<ReqT, RespT> held = new Held<>(call, rule, context);
    Context attached = Context.current();
    held.when(decision, () -> {
      Context previous = attached.attach();
      try {
        held.begin(start(call, headers, next, caller));
      } finally {
        attached.detach(previous);
      }
    });
    return held;
  }

  private static <ReqT, RespT> ServerCall.Listener<ReqT> start(
      ServerCall<ReqT, RespT> call,
      Metadata headers,
      ServerCallHandler<ReqT, RespT> next,
      Caller caller) {
    return caller.equals(Caller.ANONYMOUS)
        ? next.startCall(call, headers)
        : Contexts.interceptCall(Callers.with(caller), call, headers, next);
  }

  static long deadlineNanos() {
    Deadline deadline = Context.current().getDeadline();
    return deadline == null
        ? Long.MAX_VALUE
        : System.nanoTime() + deadline.timeRemaining(TimeUnit.NANOSECONDS);
  }

  /** A call whose events wait for decisions. */
  private final class Held<ReqT, RespT> extends ServerCall.Listener<ReqT> {
    private final ServerCall<ReqT, RespT> call;
    private final RpcRules.Rule rule;
    private final CallContext context;
    private final ArrayDeque<Runnable> events = new ArrayDeque<>();
    private ServerCall.@Nullable Listener<ReqT> inner;
    private boolean deciding;
    private boolean over;

    Held(ServerCall<ReqT, RespT> call, RpcRules.Rule rule, CallContext context) {
      this.call = call;
      this.rule = rule;
      this.context = context;
    }

    /** Goes on with {@code next} if the decision is that the caller may. */
    void when(CompletableFuture<Void> decision, Runnable next) {
      deciding = true;
      var unused = decision.whenComplete((nothing, failure) -> {
        deciding = false;
        if (over) {
          return;
        }
        if (failure != null) {
          over = true;
          events.clear();
          call.close(Statuses.of(failure), new Metadata());
          return;
        }
        next.run();
        while (!deciding && inner != null && !events.isEmpty()) {
          events.poll().run();
        }
      });
    }

    void begin(ServerCall.Listener<ReqT> started) {
      inner = started;
    }

    private void pass(Consumer<ServerCall.Listener<ReqT>> event) {
      Runnable task = () -> {
        ServerCall.Listener<ReqT> listener = inner;
        if (listener != null) {
          event.accept(listener);
        }
      };
      // Starting the call asks for its message. Within one of gRPC's callbacks that comes later;
      // after a decision that took a while it comes at once, before the call is known here.
      if (deciding || inner == null) {
        events.add(task); // few: a call that was not started gets no messages
      } else {
        task.run();
      }
    }

    @Override
    public void onMessage(ReqT message) {
      Access access = RpcRules.with(rule, message);
      if (access instanceof Access.Free) {
        pass(listener -> listener.onMessage(message));
      } else if (!over) {
        when(auth.authorize(access, context), () -> pass(listener -> listener.onMessage(message)));
      }
    }

    @Override
    public void onHalfClose() {
      pass(ServerCall.Listener::onHalfClose);
    }

    @Override
    public void onCancel() {
      ServerCall.Listener<ReqT> listener = inner;
      boolean wasOver = over;
      over = true;
      events.clear();
      if (listener != null && !wasOver) {
        listener.onCancel();
      }
    }

    @Override
    public void onComplete() {
      ServerCall.Listener<ReqT> listener = inner;
      if (listener != null) {
        listener.onComplete();
      }
    }

    @Override
    public void onReady() {
      pass(ServerCall.Listener::onReady);
    }
  }
}
