package dev.kvorum.store.mvcc;

/** What the multi-version store needs of leases. Called by its single writer. */
public interface LeaseBook {
  /** Whether a put may name the lease. */
  boolean exists(long lease);

  /**
   * A key changed leases.
   *
   * @param key must not be changed
   * @param from the lease it was attached to; 0 for none
   * @param to the lease it is attached to now; 0 for none
   */
  void moved(byte[] key, long from, long to);
}
