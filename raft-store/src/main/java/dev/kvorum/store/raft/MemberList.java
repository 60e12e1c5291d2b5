package dev.kvorum.store.raft;

import dev.kvorum.store.Member;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.apply.PublishedMember;
import dev.kvorum.store.cluster.ClusterMember;
import dev.kvorum.store.cluster.ClusterView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.ratis.protocol.RaftPeer;
import org.jspecify.annotations.Nullable;

/** The members, with what they have said about themselves; as Raft knows them until they are written down. */
final class MemberList {
  private final RaftConfig config;
  private final boolean secure;
  private final Supplier<RatisDivision.Configuration> configuration;

  /** @param secure whether members reach each other by https */
  MemberList(
      RaftConfig config, boolean secure, Supplier<RatisDivision.Configuration> configuration) {
    this.config = config;
    this.secure = secure;
    this.configuration = configuration;
  }

  List<Member> of(Applier applier) {
    Map<Long, PublishedMember> said = applier.members();
    ClusterView table = applier.cluster();
    List<Member> members = new ArrayList<>();
    if (table.founded()) {
      for (ClusterMember member : table.members().values()) {
        members.add(
            described(member.id(), member.peerUrls(), member.learner(), said.get(member.id())));
      }
    } else {
      configuration
          .get()
          .voters()
          .forEach((id, peer) ->
              members.add(described(id, founder(peer).peerUrls(), false, said.get(id))));
    }
    return members;
  }

  /** A member that was there from the beginning, as it is written down first. */
  Member founder(RaftPeer peer) {
    long id = MemberIds.memberId(peer.getId());
    List<String> urls = List.of((secure ? "https://" : "http://") + peer.getAddress());
    for (String name : config.initialCluster().keySet()) {
      if (config.memberId(name) == id) {
        urls = config.initialCluster().getOrDefault(name, urls);
      }
    }
    return new Member(id, "", urls, List.of(), false);
  }

  private static Member described(
      long id, List<String> peerUrls, boolean learner, @Nullable PublishedMember said) {
    return new Member(
        id,
        said == null ? "" : said.member().name(),
        peerUrls,
        said == null ? List.of() : said.member().clientUrls(),
        learner);
  }
}
