package dev.kvorum.store.raft;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/**
 * Every Ratis setting that matters here. Set through typed setters only: Ratis ignores a key that it does not know.
 *
 * <p>Sizes suit a heap of 512 MiB: the log keeps at most two segments of 64 MiB in memory.
 */
final class RatisSettings {
  /** The longest log entry: what one batch may hold at most, one oversized operation with its envelope included. */
  private static final int ENTRY_OVERHEAD_BYTES = 1 << 20;

  private RatisSettings() {}

  /** The longest serialized log entry. */
  static int maxEntryBytes(RaftConfig config) {
    int needed = config.maxRequestBytes() + ENTRY_OVERHEAD_BYTES;
    return Math.max(4 << 20, (needed + (1 << 20) - 1) >> 20 << 20);
  }

  static RaftProperties properties(RaftConfig config, Path raft, Path removedRaft) {
    RaftProperties p = new RaftProperties();
    storage(p, raft, removedRaft);
    elections(p, config.electionTimeout());
    log(p, config);
    snapshots(p, config);
    requests(p);
    rpc(p, config);
    return p;
  }

  private static void storage(RaftProperties p, Path raft, Path removedRaft) {
    RaftServerConfigKeys.setStorageDir(p, List.of(raft.toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(p, new File(removedRaft.toString()));
    // Only looked at when a member starts, and one that starts on an almost full disk is how space
    // is freed.
    RaftServerConfigKeys.setStorageFreeSpaceMin(p, SizeInBytes.valueOf("16MB"));
  }

  private static void elections(RaftProperties p, Duration electionTimeout) {
    long min = electionTimeout.toMillis();
    RaftServerConfigKeys.Rpc.setTimeoutMin(p, millis(min));
    RaftServerConfigKeys.Rpc.setTimeoutMax(p, millis(2 * min));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(p, millis(min / 2));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(p, millis(min));
    RaftServerConfigKeys.Rpc.setRequestTimeout(p, millis(Math.max(3_000, 3 * min)));
    RaftServerConfigKeys.Rpc.setSlownessTimeout(p, seconds(60));
    RaftServerConfigKeys.LeaderElection.setPreVote(p, true);
    // By default 10 s: for that long a leader that lost its majority does not stand for election
    // again.
    RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(p, millis(2 * min));
    RaftServerConfigKeys.LeaderElection.setMemberMajorityAdd(p, false);
    // After a longer pause of the JVM Ratis closes itself, which ends the process.
    RaftServerConfigKeys.setCloseThreshold(p, seconds(300));
    // For how long a member that is being taken in may stay silent; others wait for their turn
    // meanwhile.
    RaftServerConfigKeys.setStagingTimeout(p, millis(Math.max(5_000, 5 * min)));
  }

  private static void log(RaftProperties p, RaftConfig config) {
    Log.setUseMemory(p, false);
    Log.setUnsafeFlushEnabled(p, false);
    // Its completion counts entries that are not yet on disk, and runs when the sync failed, too.
    Log.setAsyncFlushEnabled(p, false);
    Log.setCorruptionPolicy(p, Log.CorruptionPolicy.EXCEPTION);
    // A second entry, and a second sync, for every write when few are waiting.
    Log.setLogMetadataEnabled(p, false);
    Log.setForceSyncNum(p, 128);
    Log.setSegmentSizeMax(p, SizeInBytes.valueOf(config.logSegmentBytes()));
    Log.setPreallocatedSize(p, SizeInBytes.valueOf(Math.min(1 << 20, config.logSegmentBytes())));
    int entryBytes = maxEntryBytes(config);
    Log.setWriteBufferSize(p, SizeInBytes.valueOf(entryBytes + (4 << 20)));
    Log.setSegmentCacheNumMax(p, 2);
    Log.setSegmentCacheSizeMax(p, SizeInBytes.valueOf("64MB"));
    Log.setQueueElementLimit(p, 4096);
    Log.setQueueByteLimit(p, SizeInBytes.valueOf("64MB"));
    // A hop on the follower that orders nothing which one stream per follower does not order
    // already.
    Log.setAppendEntriesComposeEnabled(p, false);
    Log.Appender.setBufferByteLimit(p, SizeInBytes.valueOf(entryBytes));
    Log.Appender.setBufferElementLimit(p, 0);
    Log.Appender.setWaitTimeMin(p, TimeDuration.ZERO);
    // By default up to five seconds, also for a follower that has just come back.
    Log.Appender.setRetryPolicy(p, "1ms,10, 100ms,20, 500ms,1000000000");
    // The log is cut below what the state has on disk; a follower further behind than the rest gets
    // a snapshot.
    Log.setPurgeUptoSnapshotIndex(p, true);
    Log.setPurgePreservationLogNum(p, config.logRetention());
    Log.setPurgeGap(p, Math.clamp(config.logRetention() / 4, 1, 1024));
  }

  private static void snapshots(RaftProperties p, RaftConfig config) {
    // Snapshots travel by our own transfer: Ratis' does not sync what it writes.
    Log.Appender.setInstallSnapshotEnabled(p, false);
    RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(p, true);
    RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(p, config.snapshotCount());
    RaftServerConfigKeys.Snapshot.setCreationGap(p, Math.min(1024, config.snapshotCount()));
    RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(p, true);
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(p, 1);
  }

  private static void requests(RaftProperties p) {
    // One or two entries are in flight; a small limit is a tripwire.
    RaftServerConfigKeys.Write.setElementLimit(p, 64);
    RaftServerConfigKeys.Write.setByteLimit(p, SizeInBytes.valueOf("64MB"));
    RaftServerConfigKeys.Write.setFollowerGapRatioMax(p, -1);
    RaftServerConfigKeys.RetryCache.setExpiryTime(p, seconds(10));
    // Reads do not go through Ratis: see ReadGate.
    RaftServerConfigKeys.Read.setOption(p, RaftServerConfigKeys.Read.Option.DEFAULT);
    RaftServerConfigKeys.Read.setLeaderLeaseEnabled(p, false);
    RaftServerConfigKeys.Read.setLeaderHeartbeatCheckEnabled(p, true);
    RaftServerConfigKeys.ThreadPool.setServerCached(p, true);
    RaftServerConfigKeys.ThreadPool.setClientCached(p, true);
    RaftServerConfigKeys.ThreadPool.setProxyCached(p, true);
  }

  private static void rpc(RaftProperties p, RaftConfig config) {
    RaftConfigKeys.Rpc.setType(p, new PromptGrpc());
    RaftConfig.HostPort listen = RaftConfig.address(config.listenPeerUrls().get(0));
    GrpcConfigKeys.Server.setHost(p, listen.host());
    GrpcConfigKeys.Server.setPort(p, listen.port());
    GrpcConfigKeys.Server.setLeaderOutstandingAppendsMax(p, 16);
    GrpcConfigKeys.Server.setHeartbeatChannel(p, true);
    // Handlers run on the server's loops and may wait for the disk: what is sent must not share
    // them.
    GrpcConfigKeys.Server.setWorkerGroupSize(p, 2);
    GrpcConfigKeys.Server.setBossGroupSize(p, 1);
    GrpcConfigKeys.Client.setWorkerGroupSize(p, 2);
    GrpcConfigKeys.setMessageSizeMax(p, SizeInBytes.valueOf("64MB"));
    GrpcConfigKeys.setFlowControlWindow(p, SizeInBytes.valueOf("4MB"));
  }

  private static TimeDuration millis(long millis) {
    return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
  }

  private static TimeDuration seconds(long seconds) {
    return TimeDuration.valueOf(seconds, TimeUnit.SECONDS);
  }
}
