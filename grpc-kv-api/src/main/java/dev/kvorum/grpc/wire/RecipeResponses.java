package dev.kvorum.grpc.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.kvorum.proto.etcd.CampaignResponse;
import dev.kvorum.proto.etcd.LeaderKey;
import dev.kvorum.proto.etcd.LockResponse;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.StoreIdentity;

/** Writes the responses of the services Lock and Election. Thread-safe. */
public final class RecipeResponses {
  private static final int LEADER_KV = 2;

  private final HeaderEncoder header;

  /** Writes responses of the member {@code identity}. */
  public RecipeResponses(StoreIdentity identity) {
    this.header = new HeaderEncoder(identity);
  }

  /** The lock is held. */
  public Splice locked(Bytes key, long revision, long term) {
    return Splice.of(LockResponse.newBuilder()
        .setHeader(header.message(revision, term))
        .setKey(bytes(key))
        .build()
        .toByteArray());
  }

  /** The election is won. */
  public Splice elected(
      Bytes name, Bytes key, long createRevision, long lease, long revision, long term) {
    return Splice.of(CampaignResponse.newBuilder()
        .setHeader(header.message(revision, term))
        .setLeader(LeaderKey.newBuilder()
            .setName(bytes(name))
            .setKey(bytes(key))
            .setRev(createRevision)
            .setLease(lease))
        .build()
        .toByteArray());
  }

  /** Who leads. */
  public Splice leader(KeyValue keyValue, long revision, long term) {
    Splice.Builder target = new Splice.Builder(header.maxSize() + 6, 1);
    header.write(target, revision, term);
    return target
        .delimited(LEADER_KV, keyValue.encoded().length)
        .piece(keyValue.encoded())
        .build();
  }

  private static ByteString bytes(Bytes value) {
    return UnsafeByteOperations.unsafeWrap(value.sharedArray());
  }
}
