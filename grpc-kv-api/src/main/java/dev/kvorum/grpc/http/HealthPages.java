package dev.kvorum.grpc.http;

import dev.kvorum.grpc.metrics.MetricSource;
import dev.kvorum.grpc.metrics.PrometheusText;
import dev.kvorum.grpc.wire.EtcdError;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Caller;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says whether this member works: {@code /health}, {@code /livez} and {@code /readyz}, in etcd's words. */
public final class HealthPages implements MetricSource {
  private static final long READ_TIMEOUT_SECONDS = 7;

  private static final Logger log = LoggerFactory.getLogger(HealthPages.class);

  private final KvStore store;
  private final LongAdder successes = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /** Asks {@code store}. */
  public HealthPages(KvStore store) {
    this.store = store;
  }

  /** Puts the pages where etcd has them. */
  public void addTo(Pages pages) {
    pages.at("/health", this::health);
    pages.below("/livez", checks("/livez", List.of(serializableRead())));
    pages.below(
        "/readyz",
        checks(
            "/readyz",
            List.of(noCorruption(), serializableRead(), linearizableRead(), nonLearner())));
  }

  private CompletableFuture<Answer> health(FullHttpRequest request, Executor loop) {
    if (!request.method().equals(HttpMethod.GET)) {
      return CompletableFuture.completedFuture(Answer.methodNotAllowed());
    }
    Map<String, List<String>> parameters = new QueryStringDecoder(request.uri()).parameters();
    boolean serializable = parameters.getOrDefault("serializable", List.of()).contains("true");
    if (!serializable && store.leaderlessMillis() > 0) {
      return CompletableFuture.completedFuture(unhealthy("RAFT NO LEADER"));
    }
    return read(serializable, loop).handle((ok, failure) -> {
      if (failure != null) {
        return unhealthy("RANGE ERROR:" + reason(failure));
      }
      successes.increment();
      return Answer.of(200, "application/json", "{\"health\":\"true\",\"reason\":\"\"}");
    });
  }

  private Answer unhealthy(String reason) {
    failures.increment();
    return Answer.of(
        503, "application/json", "{\"health\":\"false\",\"reason\":\"" + reason + "\"}");
  }

  /** One thing to look at. The future says what is wrong; nothing if it is empty. */
  private record Check(String name, Start start) {
    interface Start {
      CompletableFuture<String> run(Executor loop);
    }
  }

  private Check serializableRead() {
    return new Check("serializable_read", loop -> outcome(read(true, loop)));
  }

  private Check linearizableRead() {
    return new Check("linearizable_read", loop -> outcome(read(false, loop)));
  }

  /** The store refuses everything once members were found to disagree; other failures are not this check's. */
  private Check noCorruption() {
    return new Check(
        "data_corruption",
        loop -> read(true, loop)
            .handle((ok, failure) -> failure != null
                    && cause(failure) instanceof StoreException refused
                    && refused.kind() == StoreException.Kind.CORRUPT
                ? reason(failure)
                : ""));
  }

  private Check nonLearner() {
    return new Check(
        "non_learner",
        loop -> CompletableFuture.completedFuture(
            store.status().learner() ? "not supported for learner" : ""));
  }

  private static CompletableFuture<String> outcome(CompletableFuture<?> read) {
    return read.handle((ok, failure) -> failure == null ? "" : reason(failure));
  }

  private CompletableFuture<?> read(boolean serializable, Executor loop) {
    RangeRequest request = new RangeRequest(
        KeyRange.single(Bytes.utf8("health")),
        0,
        1,
        RangeRequest.SortOrder.NONE,
        RangeRequest.SortTarget.KEY,
        serializable,
        true,
        false,
        0,
        0,
        0,
        0);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READ_TIMEOUT_SECONDS);
    return store.range(request, new CallContext(loop, deadline, Caller.MEMBER));
  }

  private static Page checks(String path, List<Check> all) {
    return (request, loop) -> {
      if (!request.method().equals(HttpMethod.GET)) {
        return CompletableFuture.completedFuture(Answer.methodNotAllowed());
      }
      QueryStringDecoder uri = new QueryStringDecoder(request.uri());
      String single =
          uri.path().length() > path.length() ? uri.path().substring(path.length() + 1) : "";
      List<String> excluded = uri.parameters().getOrDefault("exclude", List.of());
      List<Check> selected = new ArrayList<>(all);
      if (single.isEmpty()) {
        selected.removeIf(check -> excluded.contains(check.name()));
      } else {
        selected.removeIf(check -> !check.name().equals(single));
        if (selected.isEmpty()) {
          return CompletableFuture.completedFuture(Answer.notFound());
        }
      }
      boolean verbose = uri.parameters().containsKey("verbose");
      return run(path.substring(1), selected, verbose, loop);
    };
  }

  private static CompletableFuture<Answer> run(
      String page, List<Check> checks, boolean verbose, Executor loop) {
    List<CompletableFuture<String>> lines = checks.stream()
        .map(check -> check
            .start()
            .run(loop)
            .thenApply(wrong -> wrong.isEmpty()
                ? "[+]" + check.name() + " ok\n"
                : "[-]" + check.name() + " failed: " + wrong + "\n"))
        .toList();
    return CompletableFuture.allOf(lines.toArray(CompletableFuture[]::new)).thenApply(done -> {
      String report = lines.stream().map(CompletableFuture::join).collect(Collectors.joining());
      if (report.contains("[-]")) {
        return Answer.text(503, report + page + " check failed\n");
      }
      return Answer.text(200, verbose ? report + "ok\n" : "ok\n");
    });
  }

  /** In etcd's words; what nobody expected is for the log, not for whoever asks. */
  private static String reason(Throwable failure) {
    Throwable cause = cause(failure);
    if (cause instanceof StoreException refused) {
      return EtcdError.of(refused.kind()).text();
    }
    log.error("health check failed unexpectedly", cause);
    return "internal error";
  }

  private static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  @Override
  public void writeTo(PrometheusText target) {
    target.counter(
        "etcd_server_health_success",
        "The total number of successful health checks",
        successes.sum());
    target.counter(
        "etcd_server_health_failures", "The total number of failed health checks", failures.sum());
  }
}
