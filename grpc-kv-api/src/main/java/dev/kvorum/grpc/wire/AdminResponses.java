package dev.kvorum.grpc.wire;

import dev.kvorum.proto.etcd.AlarmResponse;
import dev.kvorum.proto.etcd.DowngradeInfo;
import dev.kvorum.proto.etcd.DowngradeResponse;
import dev.kvorum.proto.etcd.HashKVResponse;
import dev.kvorum.proto.etcd.HashResponse;
import dev.kvorum.proto.etcd.StatusResponse;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.HistoryHash;
import dev.kvorum.store.StoreIdentity;
import dev.kvorum.store.StoreStatus;

/** Writes the responses of the Maintenance service. Thread-safe. */
public final class AdminResponses {
  private final HeaderEncoder header;

  /** Writes responses of the member {@code identity}. */
  public AdminResponses(StoreIdentity identity) {
    this.header = new HeaderEncoder(identity);
  }

  /**
   * What this member says of itself.
   *
   * @param version the version of etcd whose behaviour is offered; clients switch features by it
   * @param storageVersion likewise, for what is stored
   * @param quotaBytes how large the data may get
   */
  public Splice status(StoreStatus status, String version, String storageVersion, long quotaBytes) {
    StatusResponse.Builder response = StatusResponse.newBuilder()
        .setHeader(header.message(status.revision(), status.term()))
        .setVersion(version)
        .setDbSize(status.dbSizeBytes())
        .setLeader(status.leaderId())
        .setRaftIndex(status.committedIndex())
        .setRaftTerm(status.term())
        .setRaftAppliedIndex(status.appliedIndex())
        .setDbSizeInUse(status.dbSizeInUseBytes())
        .setIsLearner(status.learner())
        .setStorageVersion(storageVersion)
        .setDbSizeQuota(quotaBytes)
        .setDowngradeInfo(DowngradeInfo.getDefaultInstance());
    if (status.leaderId() == 0) {
      response.addErrors("etcdserver: no leader");
    }
    status.alarms().forEach(alarm -> response.addErrors(AlarmMessages.text(alarm)));
    return Splice.of(response.build().toByteArray());
  }

  /** Alarms that were asked for, switched on or switched off. */
  public Splice alarms(Alarms result, long term) {
    AlarmResponse.Builder response =
        AlarmResponse.newBuilder().setHeader(header.message(result.revision(), term));
    result.alarms().forEach(alarm -> response.addAlarms(AlarmMessages.of(alarm)));
    return Splice.of(response.build().toByteArray());
  }

  /** A digest of history. */
  public Splice hashKv(HistoryHash hash, long term) {
    return Splice.of(HashKVResponse.newBuilder()
        .setHeader(header.message(hash.revision(), term))
        .setHash(hash.hash())
        .setCompactRevision(hash.compactRevision())
        .setHashRevision(hash.hashRevision())
        .build()
        .toByteArray());
  }

  /** A digest of everything. */
  public Splice hash(HistoryHash hash, long term) {
    return Splice.of(HashResponse.newBuilder()
        .setHeader(header.message(hash.revision(), term))
        .setHash(hash.hash())
        .build()
        .toByteArray());
  }

  /** What the cluster's version is, after something was asked about going back to an earlier one. */
  public Splice downgrade(String clusterVersion, long revision, long term) {
    return Splice.of(DowngradeResponse.newBuilder()
        .setHeader(header.message(revision, term))
        .setVersion(clusterVersion)
        .build()
        .toByteArray());
  }

  /** An answer without anything in it, not even a header. */
  public static Splice empty() {
    return Splice.of(new byte[0]);
  }
}
