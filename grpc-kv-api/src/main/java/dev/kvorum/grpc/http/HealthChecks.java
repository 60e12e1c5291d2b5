package dev.kvorum.grpc.http;

import dev.kvorum.grpc.metrics.PrometheusText;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** A page of checks that all have to pass, and below it a page for each of them. */
final class HealthChecks implements Page {
  /** One thing to look at. The future says what is wrong; nothing if it is empty. */
  static final class Check {
    /** Looks; the future is completed on the loop. */
    interface Start {
      CompletableFuture<String> run(Executor loop);
    }

    private final String name;
    private final Start start;

    Check(String name, Start start) {
      this.name = name;
      this.start = start;
    }
  }

  /** How a check of this page fared. */
  private static final class Outcomes {
    private final Check check;
    private final LongAdder successes = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private volatile int last = -1; // 1 passed, 0 failed, -1 never looked

    Outcomes(Check check) {
      this.check = check;
    }

    String line(String wrong) {
      if (wrong.isEmpty()) {
        successes.increment();
        last = 1;
        return "[+]" + check.name + " ok\n";
      }
      errors.increment();
      last = 0;
      return "[-]" + check.name + " failed: " + wrong + "\n";
    }
  }

  private final String name;
  private final List<Outcomes> checks;

  HealthChecks(String name, List<Check> checks) {
    this.name = name;
    this.checks = checks.stream().map(Outcomes::new).toList();
  }

  @Override
  public CompletableFuture<Answer> answer(HttpRequest request, Executor loop) {
    QueryStringDecoder uri = new QueryStringDecoder(request.uri());
    String path = RequestPath.of(request.uri());
    String single = path.length() > name.length() + 1 ? path.substring(name.length() + 2) : "";
    List<String> excluded = uri.parameters().getOrDefault("exclude", List.of());
    List<Outcomes> selected = checks.stream()
        .filter(outcomes -> path.length() == name.length() + 1
            ? !excluded.contains(outcomes.check.name)
            : outcomes.check.name.equals(single))
        .toList();
    if (selected.isEmpty() && path.length() > name.length() + 1) {
      return CompletableFuture.completedFuture(Answer.notFound());
    }
    if (!request.method().equals(HttpMethod.GET)) {
      return CompletableFuture.completedFuture(Answer.methodNotAllowed());
    }
    return run(selected, uri.parameters().containsKey("verbose"), loop);
  }

  private static CompletableFuture<Answer> run(
      List<Outcomes> selected, boolean verbose, Executor loop) {
    List<CompletableFuture<String>> lines = selected.stream()
        .map(outcomes -> outcomes.check.start.run(loop).thenApply(outcomes::line))
        .toList();
    return CompletableFuture.allOf(lines.toArray(CompletableFuture[]::new)).thenApply(done -> {
      String report = lines.stream().map(CompletableFuture::join).collect(Collectors.joining());
      if (report.startsWith("[-]") || report.contains("\n[-]")) {
        return Answer.text(503, report + "\n");
      }
      return Answer.text(200, verbose ? report + "ok\n" : "ok\n");
    });
  }

  void writeResults(PrometheusText target, String metric) {
    for (Outcomes outcomes : checks) {
      int last = outcomes.last;
      if (last >= 0) {
        target.sample(metric, last, "name", outcomes.check.name, "type", name);
      }
    }
  }

  void writeCounts(PrometheusText target, String metric) {
    for (Outcomes outcomes : checks) {
      write(target, metric, outcomes.successes, outcomes, "success");
      write(target, metric, outcomes.errors, outcomes, "error");
    }
  }

  private void write(
      PrometheusText target, String metric, LongAdder count, Outcomes outcomes, String status) {
    if (count.sum() > 0) {
      target.sample(
          metric, count.sum(), "name", outcomes.check.name, "status", status, "type", name);
    }
  }
}
