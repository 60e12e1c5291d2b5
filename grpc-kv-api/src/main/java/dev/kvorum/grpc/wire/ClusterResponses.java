package dev.kvorum.grpc.wire;

import dev.kvorum.proto.etcd.MemberAddResponse;
import dev.kvorum.proto.etcd.MemberListResponse;
import dev.kvorum.proto.etcd.MemberPromoteResponse;
import dev.kvorum.proto.etcd.MemberRemoveResponse;
import dev.kvorum.proto.etcd.MemberUpdateResponse;
import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.store.ClusterAdmin;
import dev.kvorum.store.Member;
import dev.kvorum.store.StoreIdentity;
import java.util.List;

/** Writes the responses of the Cluster service; their headers say no revision. Thread-safe. */
public final class ClusterResponses {
  private final HeaderEncoder header;

  /** Writes responses of the member {@code identity}. */
  public ClusterResponses(StoreIdentity identity) {
    this.header = new HeaderEncoder(identity);
  }

  public Splice list(List<Member> members, long term) {
    return Splice.of(MemberListResponse.newBuilder()
        .setHeader(header(term))
        .addAllMembers(messages(members))
        .build()
        .toByteArray());
  }

  public Splice add(ClusterAdmin.Added added, long term) {
    return Splice.of(MemberAddResponse.newBuilder()
        .setHeader(header(term))
        .setMember(message(added.added()))
        .addAllMembers(messages(added.members()))
        .build()
        .toByteArray());
  }

  public Splice remove(List<Member> members, long term) {
    return Splice.of(MemberRemoveResponse.newBuilder()
        .setHeader(header(term))
        .addAllMembers(messages(members))
        .build()
        .toByteArray());
  }

  public Splice update(List<Member> members, long term) {
    return Splice.of(MemberUpdateResponse.newBuilder()
        .setHeader(header(term))
        .addAllMembers(messages(members))
        .build()
        .toByteArray());
  }

  public Splice promote(List<Member> members, long term) {
    return Splice.of(MemberPromoteResponse.newBuilder()
        .setHeader(header(term))
        .addAllMembers(messages(members))
        .build()
        .toByteArray());
  }

  private ResponseHeader header(long term) {
    return header.message(0, term);
  }

  private static List<dev.kvorum.proto.etcd.Member> messages(List<Member> members) {
    return members.stream().map(ClusterResponses::message).toList();
  }

  private static dev.kvorum.proto.etcd.Member message(Member member) {
    return dev.kvorum.proto.etcd.Member.newBuilder()
        .setID(member.id())
        .setName(member.name())
        .addAllPeerURLs(member.peerUrls())
        .addAllClientURLs(member.clientUrls())
        .setIsLearner(member.learner())
        .build();
  }
}
