package dev.kvorum.grpc.wire;

import com.google.protobuf.UnsafeByteOperations;
import dev.kvorum.proto.etcd.LeaseGrantResponse;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import dev.kvorum.proto.etcd.LeaseLeasesResponse;
import dev.kvorum.proto.etcd.LeaseStatus;
import dev.kvorum.proto.etcd.LeaseTimeToLiveResponse;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.LeaseTimeToLive;
import dev.kvorum.store.Leases;
import dev.kvorum.store.StoreIdentity;

/** Writes the responses of the Lease service. Thread-safe. */
public final class LeaseResponses {
  private final HeaderEncoder header;

  /** Writes responses of the member {@code identity}. */
  public LeaseResponses(StoreIdentity identity) {
    this.header = new HeaderEncoder(identity);
  }

  /** The lease as granted. */
  public Splice grant(LeaseGrant grant, long term) {
    return Splice.of(LeaseGrantResponse.newBuilder()
        .setHeader(header.message(grant.revision(), term))
        .setID(grant.id())
        .setTTL(grant.ttlSeconds())
        .build()
        .toByteArray());
  }

  /** The answer to a renewal. */
  public Splice keepAlive(LeaseKeepAlive renewal, long term) {
    return Splice.of(LeaseKeepAliveResponse.newBuilder()
        .setHeader(header.message(renewal.revision(), term))
        .setID(renewal.id())
        .setTTL(renewal.ttlSeconds())
        .build()
        .toByteArray());
  }

  /** What the lease has left. */
  public Splice timeToLive(LeaseTimeToLive lease, long term) {
    LeaseTimeToLiveResponse.Builder response = LeaseTimeToLiveResponse.newBuilder()
        .setHeader(header.message(lease.revision(), term))
        .setID(lease.id())
        .setTTL(lease.ttlSeconds())
        .setGrantedTTL(lease.grantedTtlSeconds());
    for (Bytes key : lease.keys()) {
      response.addKeys(UnsafeByteOperations.unsafeWrap(key.sharedArray()));
    }
    return Splice.of(response.build().toByteArray());
  }

  /** The leases there are. */
  public Splice leases(Leases leases, long term) {
    LeaseLeasesResponse.Builder response =
        LeaseLeasesResponse.newBuilder().setHeader(header.message(leases.revision(), term));
    for (long id : leases.ids()) {
      response.addLeases(LeaseStatus.newBuilder().setID(id));
    }
    return Splice.of(response.build().toByteArray());
  }
}
