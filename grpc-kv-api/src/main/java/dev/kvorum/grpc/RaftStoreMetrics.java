package dev.kvorum.grpc;

import dev.kvorum.grpc.metrics.MetricSource;
import dev.kvorum.grpc.metrics.PrometheusText;
import dev.kvorum.store.raft.OperationCounts;
import dev.kvorum.store.raft.PeerCounts;
import dev.kvorum.store.raft.RaftKvStore;
import dev.kvorum.store.raft.StoreMetrics;
import dev.kvorum.store.watch.WatchCounts;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a replicating member counts beyond what the port says: under etcd's names where etcd has the same, under our own
 * elsewhere.
 *
 * @param store the member
 */
public record RaftStoreMetrics(RaftKvStore store) implements MetricSource {
  @Override
  public void writeTo(PrometheusText target) {
    StoreMetrics counts = store.metrics();
    target.gauge(
        "etcd_server_proposals_pending",
        "The current number of pending proposals to commit.",
        counts.proposalsAccepted.sum()
            - counts.proposalsApplied.sum()
            - counts.proposalsFailed.sum());
    target.counter(
        "etcd_server_proposals_failed_total",
        "The total number of failed proposals seen.",
        counts.proposalsFailed.sum());
    target.counter(
        "etcd_server_read_indexes_failed_total",
        "The total number of failed read indexes seen.",
        counts.readsFailed.sum());
    target.counter(
        "etcd_debugging_server_lease_expired_total",
        "The total number of expired leases.",
        counts.leasesExpired.sum());
    target.histogram(
        "etcd_disk_wal_fsync_duration_seconds",
        "The latency distributions of fsync called by WAL.",
        store.logSyncs());
    target.histogram(
        "etcd_disk_backend_commit_duration_seconds",
        "The latency distributions of commit called by backend.",
        store.commits());
    writeOperations(target, counts.operations);
    writePeers(target);
    writeReplication(target, counts);
    writeWatches(target, store.watchCounts());
  }

  private static void writeOperations(PrometheusText target, OperationCounts counts) {
    target.counter(
        "etcd_mvcc_range_total",
        "Total number of ranges seen by this member.",
        counts.ranges.sum());
    target.counter(
        "etcd_mvcc_put_total", "Total number of puts seen by this member.", counts.puts.sum());
    target.counter(
        "etcd_mvcc_delete_total",
        "Total number of deletes seen by this member.",
        counts.deletes.sum());
    target.counter(
        "etcd_mvcc_txn_total", "Total number of txns seen by this member.", counts.txns.sum());
    target.counter(
        "etcd_debugging_lease_granted_total",
        "The total number of granted leases.",
        counts.leasesGranted.sum());
    target.counter(
        "etcd_debugging_lease_revoked_total",
        "The total number of revoked leases.",
        counts.leasesRevoked.sum());
    target.counter(
        "etcd_debugging_lease_renewed_total",
        "The number of renewed leases seen by the leader.",
        counts.leasesRenewed.sum());
  }

  private void writePeers(PrometheusText target) {
    Map<Long, PeerCounts> peers = new TreeMap<>(Long::compareUnsigned);
    peers.putAll(store.peerCounts());
    String roundTrips = "etcd_network_peer_round_trip_time_seconds";
    target.histogram(roundTrips, "Round-Trip-Time histogram between peers");
    peers.forEach(
        (id, counts) -> target.samples(roundTrips, counts.roundTrips, "To", Long.toHexString(id)));
    String failures = "etcd_network_peer_sent_failures_total";
    target.counter(failures, "The total number of send failures from peers.");
    peers.forEach(
        (id, counts) -> target.sample(failures, counts.failures.sum(), "To", Long.toHexString(id)));
  }

  private void writeReplication(PrometheusText target, StoreMetrics counts) {
    target.gauge(
        "kvorum_queued_proposals", "Changes that wait to be proposed.", store.queuedProposals());
    target.counter(
        "kvorum_entries_proposed_total",
        "Log entries that this member wrote as the leader.",
        counts.entriesProposed.sum());
    target.counter(
        "kvorum_entries_applied_total", "Log entries applied.", counts.entriesApplied.sum());
    target.counter(
        "kvorum_applied_bytes_total", "Size of the entries applied.", counts.appliedBytes.sum());
    target.counter(
        "kvorum_apply_seconds_total",
        "Time spent applying entries.",
        counts.applyNanos.sum() / 1e9);
    target.counter(
        "kvorum_batches_sent_total",
        "Batches of changes put on their way.",
        counts.batchesSent.sum());
    target.counter(
        "kvorum_batches_resent_total",
        "Batches that had to be sent again.",
        counts.batchesResent.sum());
    target.counter(
        "kvorum_batched_changes_total", "Changes in those batches.", counts.batchedCommands.sum());
    target.counter(
        "kvorum_linearizable_reads_total",
        "Linearizable reads served.",
        counts.linearizableReads.sum());
    target.counter(
        "kvorum_read_rounds_total",
        "Rounds in which this member proved that it leads.",
        counts.readRounds.sum());
    target.counter(
        "kvorum_read_rounds_failed_total",
        "Such rounds that failed.",
        counts.readRoundsFailed.sum());
    target.counter(
        "kvorum_snapshots_sent_total",
        "Snapshots sent to other members.",
        counts.snapshotsSent.sum());
    target.counter(
        "kvorum_snapshots_installed_total",
        "Snapshots installed from other members.",
        counts.snapshotsInstalled.sum());
    target.counter(
        "kvorum_snapshots_failed_total",
        "Snapshots that were not sent or installed in the end.",
        counts.snapshotsFailed.sum());
  }

  private static void writeWatches(PrometheusText target, WatchCounts counts) {
    target.gauge(
        "etcd_debugging_mvcc_watch_stream_total",
        "Total number of watch streams.",
        counts.streams());
    target.gauge(
        "etcd_debugging_mvcc_watcher_total", "Total number of watchers.", counts.watchers());
    target.gauge(
        "etcd_debugging_mvcc_slow_watcher_total",
        "Total number of unsynced slow watchers.",
        counts.unsynced());
    target.gauge(
        "kvorum_watch_pending_revisions",
        "Revisions that watchers still have to go through, added up.",
        counts.pendingRevisions());
    target.counter(
        "etcd_debugging_mvcc_events_total",
        "Total number of events sent by this member.",
        counts.eventsSent());
  }
}
