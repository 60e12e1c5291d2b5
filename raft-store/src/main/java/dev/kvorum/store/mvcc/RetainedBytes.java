package dev.kvorum.store.mvcc;

/** About how many bytes are stored of what can still be read. Changed under the writer lock, read by anyone. */
final class RetainedBytes {
  private volatile long bytes;

  RetainedBytes(long bytes) {
    this.bytes = bytes;
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time
  void add(long more) {
    bytes += more;
  }

  long get() {
    return bytes;
  }
}
