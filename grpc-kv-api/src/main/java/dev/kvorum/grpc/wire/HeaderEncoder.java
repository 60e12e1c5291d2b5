package dev.kvorum.grpc.wire;

import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.store.StoreIdentity;

/** Writes {@code header}, field 1 of every response. */
final class HeaderEncoder {
  private static final int HEADER = 1;
  private static final int REVISION = 3;
  private static final int TERM = 4;

  private final StoreIdentity identity;
  private final byte[] clusterAndMember;

  HeaderEncoder(StoreIdentity identity) {
    this.identity = identity;
    this.clusterAndMember = ResponseHeader.newBuilder()
        .setClusterId(identity.clusterId())
        .setMemberId(identity.memberId())
        .build()
        .toByteArray();
  }

  /** At most this many bytes are written by {@link #write}. */
  int maxSize() {
    return 2 + clusterAndMember.length + 11 + 11;
  }

  void write(Splice.Builder target, long revision, long term) {
    target.delimited(HEADER, size(revision, term));
    target.raw(clusterAndMember).number(REVISION, revision).number(TERM, term);
  }

  /** How many bytes {@link #write} writes. */
  long fieldSize(long revision, long term) {
    return WireSize.delimited(size(revision, term));
  }

  private int size(long revision, long term) {
    return clusterAndMember.length + WireSize.number(revision) + WireSize.number(term);
  }

  /** Inside a transaction a header says the revision alone. */
  static void writeNested(Splice.Builder target, long revision) {
    target.delimited(HEADER, WireSize.number(revision)).number(REVISION, revision);
  }

  static long nestedFieldSize(long revision) {
    return WireSize.delimited(WireSize.number(revision));
  }

  ResponseHeader message(long revision, long term) {
    return ResponseHeader.newBuilder()
        .setClusterId(identity.clusterId())
        .setMemberId(identity.memberId())
        .setRevision(revision)
        .setRaftTerm(term)
        .build();
  }
}
