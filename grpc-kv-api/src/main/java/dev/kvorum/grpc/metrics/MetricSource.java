package dev.kvorum.grpc.metrics;

/** Somebody who has figures. */
@FunctionalInterface
public interface MetricSource {
  /** Writes the current figures. Called on any thread, must not block. */
  void writeTo(PrometheusText target);
}
