package dev.kvorum.grpc.wire;

import dev.kvorum.proto.etcd.AlarmResponse;
import dev.kvorum.proto.etcd.DowngradeInfo;
import dev.kvorum.proto.etcd.StatusResponse;
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
    return Splice.of(response.build().toByteArray());
  }

  /** There are no alarms. */
  public Splice noAlarms(long revision, long term) {
    return Splice.of(AlarmResponse.newBuilder()
        .setHeader(header.message(revision, term))
        .build()
        .toByteArray());
  }
}
