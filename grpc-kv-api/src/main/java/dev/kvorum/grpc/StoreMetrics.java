package dev.kvorum.grpc;

import dev.kvorum.grpc.metrics.MetricSource;
import dev.kvorum.grpc.metrics.PrometheusText;
import dev.kvorum.grpc.server.EtcdVersion;
import dev.kvorum.grpc.server.Leadership;
import dev.kvorum.store.Alarm;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.StoreStatus;

/** What the port says of the store, under etcd's names. */
record StoreMetrics(KvStore store, Leadership leadership, long quotaBytes) implements MetricSource {
  @Override
  public void writeTo(PrometheusText target) {
    StoreStatus status = store.status();
    long memberId = store.identity().memberId();
    target
        .gauge("etcd_server_version", "Which version is running.")
        .sample("etcd_server_version", 1, "server_version", EtcdVersion.SERVER);
    target
        .gauge("etcd_cluster_version", "Which version is running.")
        .sample("etcd_cluster_version", 1, "cluster_version", "3.7");
    target
        .gauge("etcd_server_id", "Server or member ID in hexadecimal format.")
        .sample("etcd_server_id", 1, "server_id", Long.toHexString(memberId));
    target.gauge(
        "etcd_server_has_leader",
        "Whether or not a leader exists. 1 is existence, 0 is not.",
        status.leaderId() == 0 ? 0 : 1);
    target.gauge(
        "etcd_server_is_leader",
        "Whether or not this member is a leader. 1 if is, 0 otherwise.",
        status.leaderId() == memberId ? 1 : 0);
    target.gauge(
        "etcd_server_is_learner",
        "Whether or not this member is a learner. 1 if is, 0 otherwise.",
        status.learner() ? 1 : 0);
    target.counter(
        "etcd_server_leader_changes_seen_total",
        "The number of leader changes seen.",
        leadership.changes());
    target.gauge(
        "etcd_server_proposals_committed_total",
        "The total number of consensus proposals committed.",
        status.committedIndex());
    target.gauge(
        "etcd_server_proposals_applied_total",
        "The total number of consensus proposals applied.",
        status.appliedIndex());
    target.gauge(
        "etcd_server_quota_backend_bytes",
        "Current backend storage quota size in bytes.",
        quotaBytes);
    target.gauge(
        "etcd_mvcc_db_total_size_in_bytes",
        "Total size of the underlying database physically allocated in bytes.",
        status.dbSizeBytes());
    target.gauge(
        "etcd_mvcc_db_total_size_in_use_in_bytes",
        "Total size of the underlying database logically in use in bytes.",
        status.dbSizeInUseBytes());
    target.gauge(
        "etcd_debugging_mvcc_current_revision",
        "The current revision of store.",
        status.revision());
    target.gauge(
        "etcd_debugging_mvcc_compact_revision",
        "The revision of the last compaction in store.",
        status.compactRevision());
    String alarms = "etcd_debugging_server_alarms";
    target.gauge(alarms, "Alarms that are on, by the member that they are about.");
    for (Alarm alarm : status.alarms()) {
      String type = switch (alarm.type()) {
        case NO_SPACE -> "NOSPACE";
        case CORRUPT -> "CORRUPT";
      };
      target.sample(alarms, 1, "server_id", Long.toHexString(alarm.memberId()), "alarm_type", type);
    }
    target.gauge("kvorum_raft_term", "The Raft term as this member knows it.", status.term());
    target.gauge(
        "kvorum_leaderless_seconds",
        "For how long this member has not known a leader.",
        store.leaderlessMillis() / 1000.0);
  }
}
