package dev.kvorum.grpc.metrics;

import dev.kvorum.store.DurationHistogram;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;

/** Builds a page in Prometheus' text format, version 0.0.4. Used by one thread. */
public final class PrometheusText {
  /** The media type of the page. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final StringBuilder page = new StringBuilder(16 * 1024);

  /** A gauge without labels. */
  public PrometheusText gauge(String name, String help, double value) {
    return gauge(name, help).sample(name, value);
  }

  /** A gauge without labels. */
  public PrometheusText gauge(String name, String help, long value) {
    return gauge(name, help).sample(name, value);
  }

  /** A counter without labels. */
  public PrometheusText counter(String name, String help, double value) {
    return counter(name, help).sample(name, value);
  }

  /** A counter without labels. */
  public PrometheusText counter(String name, String help, long value) {
    return counter(name, help).sample(name, value);
  }

  /** Begins a gauge whose samples follow. */
  public PrometheusText gauge(String name, String help) {
    return begin(name, help, "gauge");
  }

  /** Begins a counter whose samples follow. */
  public PrometheusText counter(String name, String help) {
    return begin(name, help, "counter");
  }

  /** A histogram without labels. */
  public PrometheusText histogram(String name, String help, DurationHistogram durations) {
    return histogram(name, help).samples(name, durations);
  }

  /** Begins a histogram whose samples follow. */
  public PrometheusText histogram(String name, String help) {
    return begin(name, help, "histogram");
  }

  /** The samples of one histogram, with the same labels each. */
  public PrometheusText samples(String name, DurationHistogram durations, String... labels) {
    String[] withBound = Arrays.copyOf(labels, labels.length + 2);
    withBound[labels.length] = "le";
    long count = 0;
    for (int bucket = 0; bucket <= durations.buckets(); bucket++) {
      count += durations.count(bucket);
      withBound[labels.length + 1] =
          bucket == durations.buckets() ? "+Inf" : bound(durations.boundSeconds(bucket));
      sample(name + "_bucket", count, withBound);
    }
    return sample(name + "_sum", durations.sumSeconds(), labels)
        .sample(name + "_count", count, labels);
  }

  /**
   * One sample.
   *
   * @param labels names and values by turns
   */
  public PrometheusText sample(String name, double value, String... labels) {
    return sample(name, text(value), labels);
  }

  /** One sample, likewise. */
  public PrometheusText sample(String name, long value, String... labels) {
    return sample(name, Long.toString(value), labels);
  }

  private PrometheusText sample(String name, String value, String[] labels) {
    page.append(name);
    for (int i = 0; i < labels.length; i += 2) {
      page.append(i == 0 ? '{' : ',').append(labels[i]).append("=\"");
      escape(labels[i + 1]);
      page.append('"');
    }
    if (labels.length > 0) {
      page.append('}');
    }
    page.append(' ').append(value).append('\n');
    return this;
  }

  private PrometheusText begin(String name, String help, String type) {
    page.append("# HELP ").append(name).append(' ').append(help).append('\n');
    page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    return this;
  }

  private void escape(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> page.append("\\\\");
        case '"' -> page.append("\\\"");
        case '\n' -> page.append("\\n");
        default -> page.append(c);
      }
    }
  }

  /** Doubling adds up errors in the last digits, which would make another series of the same bucket. */
  private static String bound(double seconds) {
    return new BigDecimal(seconds)
        .round(new MathContext(12))
        .stripTrailingZeros()
        .toPlainString();
  }

  private static String text(double value) {
    if (Double.isInfinite(value)) {
      return value > 0 ? "+Inf" : "-Inf";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
