package dev.kvorum.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class DurationHistogramTest {
  @Test
  void aDurationIsCountedInTheFirstBucketThatHoldsIt() {
    DurationHistogram histogram = DurationHistogram.doubling(0.001, 3);

    histogram.record(0);
    histogram.record(1_000_000);
    histogram.record(1_000_001);
    histogram.record(4_000_000);
    histogram.record(4_000_001);
    histogram.record(Long.MAX_VALUE / 2);

    assertThat(histogram.buckets()).isEqualTo(3);
    assertThat(histogram.boundSeconds(2)).isEqualTo(0.004);
    assertThat(histogram.count(0)).isEqualTo(2);
    assertThat(histogram.count(1)).isEqualTo(1);
    assertThat(histogram.count(2)).isEqualTo(1);
    assertThat(histogram.count(3)).isEqualTo(2);
  }

  @Test
  void whatWasRecordedIsAddedUp() {
    DurationHistogram histogram = new DurationHistogram(1, 2);

    histogram.record(500_000_000);
    histogram.record(2_000_000_000);

    assertThat(histogram.sumSeconds()).isEqualTo(2.5);
  }

  @Test
  void boundsAscend() {
    assertThatThrownBy(() -> new DurationHistogram(2, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
