package dev.kvorum.store;

import java.util.List;

/**
 * A server of the cluster.
 *
 * @param id unsigned, not 0
 * @param name empty until the member has started for the first time
 * @param peerUrls where other members reach it
 * @param clientUrls where clients reach it; empty until it has started
 * @param learner whether it replicates without voting
 */
public record Member(
    long id, String name, List<String> peerUrls, List<String> clientUrls, boolean learner) {
  public Member {
    peerUrls = List.copyOf(peerUrls);
    clientUrls = List.copyOf(clientUrls);
  }
}
