package dev.kvorum.store;

/**
 * Writes one key (etcd v3 API: Put).
 *
 * @param key not empty
 * @param value the new value; empty when {@code ignoreValue}
 * @param lease the lease to attach the key to; 0 detaches it. 0 when {@code ignoreLease}
 * @param prevKv whether to answer with the version that was replaced
 * @param ignoreValue keep the stored value; the key must exist
 * @param ignoreLease keep the stored lease; the key must exist
 */
public record PutRequest(
    Bytes key, Bytes value, long lease, boolean prevKv, boolean ignoreValue, boolean ignoreLease)
    implements Op {
  /** A plain put without a lease. */
  public static PutRequest of(Bytes key, Bytes value) {
    return new PutRequest(key, value, 0, false, false, false);
  }
}
