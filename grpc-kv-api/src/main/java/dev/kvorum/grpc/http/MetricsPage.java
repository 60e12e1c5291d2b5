package dev.kvorum.grpc.http;

import dev.kvorum.grpc.metrics.MetricSource;
import dev.kvorum.grpc.metrics.PrometheusText;
import io.netty.handler.codec.http.HttpRequest;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** {@code /metrics}. */
public final class MetricsPage implements Page {
  private final List<MetricSource> sources;

  /** Shows what {@code sources} have, in this order. */
  public MetricsPage(List<MetricSource> sources) {
    this.sources = List.copyOf(sources);
  }

  @Override
  public CompletableFuture<Answer> answer(HttpRequest request, Executor loop) {
    PrometheusText page = new PrometheusText();
    sources.forEach(source -> source.writeTo(page));
    return CompletableFuture.completedFuture(
        Answer.of(200, PrometheusText.CONTENT_TYPE, page.toString()));
  }
}
