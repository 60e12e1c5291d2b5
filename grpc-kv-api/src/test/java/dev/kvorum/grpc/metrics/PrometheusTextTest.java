package dev.kvorum.grpc.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.DurationHistogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrometheusTextTest {
  @Test
  void aHistogramIsCumulative() {
    DurationHistogram durations = DurationHistogram.doubling(0.0001, 3);
    durations.record(50_000);
    durations.record(150_000);
    durations.record(1_000_000_000);

    String page = new PrometheusText()
        .histogram("h_seconds", "Help.")
        .samples("h_seconds", durations, "To", "a\"b\\c\nd")
        .toString();

    assertThat(page).isEqualTo("""
        # HELP h_seconds Help.
        # TYPE h_seconds histogram
        h_seconds_bucket{To="a\\"b\\\\c\\nd",le="0.0001"} 1
        h_seconds_bucket{To="a\\"b\\\\c\\nd",le="0.0002"} 2
        h_seconds_bucket{To="a\\"b\\\\c\\nd",le="0.0004"} 2
        h_seconds_bucket{To="a\\"b\\\\c\\nd",le="+Inf"} 3
        h_seconds_sum{To="a\\"b\\\\c\\nd"} 1.0002
        h_seconds_count{To="a\\"b\\\\c\\nd"} 3
        """);
    assertThat(Exposition.parse(page).types()).containsEntry("h_seconds", "histogram");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# HELP a A.\n# TYPE a gauge\na 1\na 1\n",
        "# HELP a A.\n# TYPE a gauge\nb 1\n",
        "# HELP a A.\n# TYPE a gauge\na{x=\"1\",x=\"2\"} 1\n",
        "# HELP a A.\n# TYPE a gauge\na{x=\"1\"} 1",
        "# HELP a A.\n# TYPE a gauge\na{x=\"\\q\"} 1\n",
        "# HELP a A.\n# TYPE a counter\na -1\n",
        "# TYPE a counter\na 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n",
      })
  void theParserOfTheTestsIsStrict(String page) {
    assertThatThrownBy(() -> Exposition.parse(page)).isInstanceOf(IllegalArgumentException.class);
  }
}
