package dev.kvorum.store.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.TimeDuration;
import org.junit.jupiter.api.Test;

/** Read back through Ratis' own getters: what counts is what Ratis will see. */
class RatisSettingsTest {
  private final RaftProperties p = RatisSettings.properties(
      RaftConfig.builder(Path.of("data"), "m")
          .electionTimeout(Duration.ofSeconds(1))
          .build(),
      Path.of("data/raft"),
      Path.of("data/raft-removed"));

  @Test
  void nothingIsAcknowledgedBeforeItIsOnDisk() {
    assertThat(Log.unsafeFlushEnabled(p)).isFalse();
    assertThat(Log.asyncFlushEnabled(p)).isFalse();
    assertThat(Log.useMemory(p)).isFalse();
    assertThat(Log.corruptionPolicy(p)).isEqualTo(Log.CorruptionPolicy.EXCEPTION);
  }

  @Test
  void nothingIsKeptOutsideTheDataDirectory() {
    assertThat(RaftServerConfigKeys.storageDir(p))
        .containsExactly(Path.of("data/raft").toFile().getAbsoluteFile());
    assertThat(RaftServerConfigKeys.removedGroupsDir(p).getAbsoluteFile())
        .isEqualTo(Path.of("data/raft-removed").toFile().getAbsoluteFile());
  }

  @Test
  void elections() {
    assertThat(RaftServerConfigKeys.Rpc.timeoutMin(p)).isEqualTo(millis(1000));
    assertThat(RaftServerConfigKeys.Rpc.timeoutMax(p)).isEqualTo(millis(2000));
    assertThat(RaftServerConfigKeys.Rpc.firstElectionTimeoutMin(p)).isEqualTo(millis(500));
    assertThat(RaftServerConfigKeys.Rpc.firstElectionTimeoutMax(p)).isEqualTo(millis(1000));
    assertThat(RaftServerConfigKeys.LeaderElection.leaderStepDownWaitTime(p))
        .isEqualTo(millis(2000));
    assertThat(RaftServerConfigKeys.LeaderElection.preVote(p)).isTrue();
    assertThat(RaftServerConfigKeys.LeaderElection.memberMajorityAdd(p)).isFalse();
    assertThat(RaftServerConfigKeys.closeThreshold(p))
        .isEqualTo(TimeDuration.valueOf(300, TimeUnit.SECONDS));
  }

  @Test
  void theLog() {
    assertThat(Log.logMetadataEnabled(p)).isFalse();
    assertThat(Log.appendEntriesComposeEnabled(p)).isFalse();
    assertThat(Log.Appender.waitTimeMin(p)).isEqualTo(TimeDuration.ZERO);
    assertThat(Log.Appender.installSnapshotEnabled(p)).isFalse();
    assertThat(Log.purgeUptoSnapshotIndex(p)).isTrue();
    assertThat(Log.purgePreservationLogNum(p)).isEqualTo(10_000);
    assertThat(Log.purgeGap(p)).isEqualTo(1024);
    assertThat(Log.segmentCacheNumMax(p)).isEqualTo(2);
    assertThat(Log.segmentCacheSizeMax(p).getSize()).isEqualTo(64 << 20);
    assertThat(Log.preallocatedSize(p).getSize()).isEqualTo(1 << 20);
    assertThat(Log.writeBufferSize(p).getSize())
        .isGreaterThan(Log.Appender.bufferByteLimit(p).getSize() + 8);
    assertThat(Log.Appender.bufferByteLimit(p).getSize()).isEqualTo(4 << 20);
  }

  @Test
  void requestsAndReads() {
    assertThat(RaftServerConfigKeys.Write.elementLimit(p)).isEqualTo(64);
    assertThat(RaftServerConfigKeys.Write.followerGapRatioMax(p)).isEqualTo(-1);
    assertThat(RaftServerConfigKeys.RetryCache.expiryTime(p))
        .isEqualTo(TimeDuration.valueOf(10, TimeUnit.SECONDS));
    assertThat(RaftServerConfigKeys.Read.option(p))
        .isEqualTo(RaftServerConfigKeys.Read.Option.DEFAULT);
    assertThat(RaftServerConfigKeys.Read.leaderLeaseEnabled(p)).isFalse();
    assertThat(RaftServerConfigKeys.Snapshot.autoTriggerEnabled(p)).isTrue();
    assertThat(RaftServerConfigKeys.Snapshot.autoTriggerThreshold(p)).isEqualTo(10_000);
  }

  @Test
  void theNetwork() {
    assertThat(RaftConfigKeys.Rpc.type(p, text -> {})).isInstanceOf(PromptGrpc.class);
    assertThat(GrpcConfigKeys.Server.host(p)).isEqualTo("127.0.0.1");
    assertThat(GrpcConfigKeys.Server.port(p)).isEqualTo(2380);
    assertThat(GrpcConfigKeys.Server.workerGroupSize(p)).isEqualTo(2);
    assertThat(GrpcConfigKeys.Client.workerGroupSize(p)).isEqualTo(2);
    assertThat(GrpcConfigKeys.Server.heartbeatChannel(p)).isTrue();
  }

  @Test
  void aLargerRequestLimitMakesRoomForItsEntry() {
    RaftConfig config =
        RaftConfig.builder(Path.of("data"), "m").maxRequestBytes(10 << 20).build();
    RaftProperties large = RatisSettings.properties(config, Path.of("r"), Path.of("x"));
    assertThat(Log.Appender.bufferByteLimit(large).getSize()).isGreaterThan(10 << 20);
    assertThat(Log.writeBufferSize(large).getSize())
        .isGreaterThan(Log.Appender.bufferByteLimit(large).getSize() + 8);
  }

  private static TimeDuration millis(long millis) {
    return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
  }
}
