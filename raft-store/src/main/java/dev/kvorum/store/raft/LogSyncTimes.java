package dev.kvorum.store.raft;

import dev.kvorum.store.DurationHistogram;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.metrics.MetricRegistryInfo;
import org.apache.ratis.metrics.RatisMetricRegistry;
import org.apache.ratis.metrics.impl.RatisMetricRegistryImpl;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.thirdparty.com.codahale.metrics.MetricRegistry;
import org.apache.ratis.thirdparty.com.codahale.metrics.Reservoir;
import org.apache.ratis.thirdparty.com.codahale.metrics.Snapshot;
import org.apache.ratis.thirdparty.com.codahale.metrics.Timer;
import org.apache.ratis.thirdparty.com.codahale.metrics.UniformSnapshot;

/**
 * How long it takes to sync the Raft log, which Ratis measures and keeps as quantiles of the last few: where its timer keeps
 * its values, a histogram is put, before Ratis gets to make the timer. Process-wide, as Ratis' registries are.
 */
final class LogSyncTimes {
  private static final String COMPONENT = "log_worker";
  private static final String TIMER = "syncTime";
  private static final Map<String, DurationHistogram> BY_MEMBER = new ConcurrentHashMap<>();

  static {
    MetricRegistries.global().addReporterRegistration(LogSyncTimes::prepare, registry -> {});
  }

  private LogSyncTimes() {}

  /** Those of a member; to be called before it is started. */
  static DurationHistogram of(RaftGroupMemberId member) {
    return BY_MEMBER.computeIfAbsent(
        member.toString(), unseen -> DurationHistogram.doubling(0.001, 14));
  }

  private static void prepare(RatisMetricRegistry registry) {
    MetricRegistryInfo info = registry.getMetricRegistryInfo();
    DurationHistogram times = BY_MEMBER.get(info.getPrefix());
    if (times != null
        && info.getMetricsComponentName().equals(COMPONENT)
        && registry instanceof RatisMetricRegistryImpl dropwizard) {
      String name = MetricRegistry.name(
          info.getApplicationName(), info.getMetricsComponentName(), info.getPrefix(), TIMER);
      dropwizard.getDropWizardMetricRegistry().register(name, new Timer(new Recording(times)));
    }
  }

  /** Passes values on and keeps none. */
  private record Recording(DurationHistogram times) implements Reservoir {
    @Override
    public int size() {
      return 0;
    }

    @Override
    public void update(long nanos) {
      times.record(nanos);
    }

    @Override
    public Snapshot getSnapshot() {
      return new UniformSnapshot(new long[0]);
    }
  }
}
