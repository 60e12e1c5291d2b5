package dev.kvorum.store;

import java.util.List;

/**
 * What a member says of itself; local, needs no leader.
 *
 * @param revision the revision of what is applied here
 * @param compactRevision the lowest revision that can be read; 0 when nothing was ever compacted
 * @param leaderId the leader as far as this member knows; 0 for none
 * @param term the Raft term
 * @param committedIndex the last log index known to be on a quorum
 * @param appliedIndex the last log index reflected in the state
 * @param dbSizeBytes bytes that the data takes on disk, and what is still on its way there
 * @param dbSizeInUseBytes the part of them that is not garbage
 * @param learner whether this member does not vote
 * @param alarms those that are on as far as this member knows, by type, then by unsigned member id
 */
public record StoreStatus(
    long revision,
    long compactRevision,
    long leaderId,
    long term,
    long committedIndex,
    long appliedIndex,
    long dbSizeBytes,
    long dbSizeInUseBytes,
    boolean learner,
    List<Alarm> alarms) {
  public StoreStatus {
    alarms = List.copyOf(alarms);
  }
}
