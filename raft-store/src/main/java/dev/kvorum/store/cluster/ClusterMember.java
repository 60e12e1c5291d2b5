package dev.kvorum.store.cluster;

import java.util.List;

/**
 * A member as the cluster decided on it; what it says of itself is elsewhere.
 *
 * @param id unsigned, not 0
 * @param peerUrls where the others reach it
 * @param learner whether it replicates without voting
 * @param founder whether it was there when the cluster began; else it was added
 * @param disk names the data directory that it is known with; empty until it was heard of
 */
public record ClusterMember(
    long id, List<String> peerUrls, boolean learner, boolean founder, String disk) {
  public ClusterMember {
    peerUrls = List.copyOf(peerUrls);
  }

  ClusterMember at(List<String> newPeerUrls) {
    return new ClusterMember(id, newPeerUrls, learner, founder, disk);
  }

  ClusterMember asVoter() {
    return new ClusterMember(id, peerUrls, false, founder, disk);
  }

  ClusterMember withDisk(String newDisk) {
    return new ClusterMember(id, peerUrls, learner, founder, newDisk);
  }
}
