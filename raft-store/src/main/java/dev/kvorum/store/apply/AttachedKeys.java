package dev.kvorum.store.apply;

import dev.kvorum.store.lease.LeaseTable;
import dev.kvorum.store.mvcc.LeaseBook;

/** Keeps the lease table in step with the keys. */
record AttachedKeys(LeaseTable leases) implements LeaseBook {
  @Override
  public boolean exists(long lease) {
    return leases.exists(lease);
  }

  @Override
  public void moved(byte[] key, long from, long to) {
    if (from != 0) {
      leases.detach(key, from);
    }
    if (to != 0) {
      leases.attach(key, to);
    }
  }
}
