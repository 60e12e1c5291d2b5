package dev.kvorum.grpc.server;

/**
 * What clients may ask for.
 *
 * @param maxRequestBytes the largest request that is replicated
 * @param maxTxnOps guards, or operations in a branch of a transaction
 * @param electionTimeoutMillis Raft's; streams that require a leader end after three of these without one
 * @param quotaBytes how large the data may get; said in Status, enforced by the store
 */
public record Limits(
    int maxRequestBytes, int maxTxnOps, int electionTimeoutMillis, long quotaBytes) {
  /** What a message may have beyond the largest request. */
  private static final int MESSAGE_OVERHEAD_BYTES = 512 * 1024;

  /** etcd's defaults. */
  public static final Limits DEFAULT = new Limits(1_572_864, 128, 1000, 2L << 30);

  public Limits {
    if (maxRequestBytes < 1 || maxRequestBytes > Integer.MAX_VALUE - MESSAGE_OVERHEAD_BYTES) {
      throw new IllegalArgumentException("maxRequestBytes " + maxRequestBytes);
    }
    if (maxTxnOps < 1) {
      throw new IllegalArgumentException("maxTxnOps " + maxTxnOps);
    }
    if (electionTimeoutMillis < 1) {
      throw new IllegalArgumentException("electionTimeoutMillis " + electionTimeoutMillis);
    }
  }

  /** The largest message that is accepted; larger watch responses are split for watchers that want that. */
  public int maxMessageBytes() {
    return maxRequestBytes + MESSAGE_OVERHEAD_BYTES;
  }
}
