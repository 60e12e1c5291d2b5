package dev.kvorum.grpc.http;

import dev.kvorum.grpc.metrics.MetricSource;
import dev.kvorum.grpc.metrics.PrometheusText;
import dev.kvorum.grpc.wire.EtcdError;
import dev.kvorum.store.Alarm;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says whether this member works: {@code /health}, {@code /livez} and {@code /readyz}, in etcd's words. */
public final class HealthPages implements MetricSource {
  private static final long READ_TIMEOUT_SECONDS = 7;

  private static final Logger log = LoggerFactory.getLogger(HealthPages.class);

  private final KvStore store;
  private final HealthChecks livez;
  private final HealthChecks readyz;
  private final LongAdder successes = new LongAdder();
  private final LongAdder failures = new LongAdder();

  /** Asks {@code store}. */
  public HealthPages(KvStore store) {
    this.store = store;
    HealthChecks.Check serializable =
        new HealthChecks.Check("serializable_read", loop -> outcome(read(true, loop)));
    HealthChecks.Check linearizable =
        new HealthChecks.Check("linearizable_read", loop -> outcome(read(false, loop)));
    livez = new HealthChecks("livez", List.of(serializable));
    readyz = new HealthChecks(
        "readyz", List.of(noCorruption(), serializable, linearizable, nonLearner()));
  }

  /** Puts the pages where etcd has them. */
  public void addTo(Pages pages) {
    pages.at("/health", this::health);
    pages.below("/livez", livez);
    pages.below("/readyz", readyz);
  }

  private CompletableFuture<Answer> health(HttpRequest request, Executor loop) {
    if (!request.method().equals(HttpMethod.GET)) {
      return CompletableFuture.completedFuture(Answer.methodNotAllowed());
    }
    Map<String, List<String>> parameters = new QueryStringDecoder(request.uri()).parameters();
    String alarm = alarm(parameters.getOrDefault("exclude", List.of()));
    if (!alarm.isEmpty()) {
      return CompletableFuture.completedFuture(unhealthy("ALARM " + alarm));
    }
    boolean serializable =
        parameters.getOrDefault("serializable", List.of("")).get(0).equals("true");
    if (!serializable && store.leaderlessMillis() > 0) {
      return CompletableFuture.completedFuture(unhealthy("RAFT NO LEADER"));
    }
    return read(serializable, loop).handle((ok, failure) -> {
      if (failure != null) {
        return unhealthy("RANGE ERROR:" + reason(failure));
      }
      successes.increment();
      return Answer.text(200, "{\"health\":\"true\",\"reason\":\"\"}");
    });
  }

  /** The first alarm that counts; empty if there is none. */
  private String alarm(List<String> excluded) {
    return store.status().alarms().stream()
        .map(HealthPages::etcdsName)
        .filter(name -> !excluded.contains(name))
        .findFirst()
        .orElse("");
  }

  private static String etcdsName(Alarm alarm) {
    return switch (alarm.type()) {
      case NO_SPACE -> "NOSPACE";
      case CORRUPT -> "CORRUPT";
    };
  }

  private Answer unhealthy(String reason) {
    failures.increment();
    String text = reason.replace("\\", "\\\\").replace("\"", "\\\"");
    return Answer.text(503, "{\"health\":\"false\",\"reason\":\"" + text + "\"}\n");
  }

  /** The store refuses everything once members were found to disagree; other failures are not this check's. */
  private HealthChecks.Check noCorruption() {
    return new HealthChecks.Check("data_corruption", loop -> {
      if (store.status().alarms().stream().anyMatch(alarm -> alarm.type() == Alarm.Type.CORRUPT)) {
        return CompletableFuture.completedFuture("alarm activated: CORRUPT");
      }
      return read(true, loop)
          .handle((ok, failure) -> failure != null
                  && cause(failure) instanceof StoreException refused
                  && refused.kind() == StoreException.Kind.CORRUPT
              ? "alarm activated: CORRUPT"
              : "");
    });
  }

  private HealthChecks.Check nonLearner() {
    return new HealthChecks.Check(
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
    return store.range(request, new CallContext(loop, deadline));
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
    List<HealthChecks> pages = List.of(livez, readyz);
    target.gauge("etcd_server_healthcheck", "The result of each kind of healthcheck.");
    pages.forEach(page -> page.writeResults(target, "etcd_server_healthcheck"));
    target.counter(
        "etcd_server_healthchecks_total", "The total number of each kind of healthcheck.");
    pages.forEach(page -> page.writeCounts(target, "etcd_server_healthchecks_total"));
  }
}
