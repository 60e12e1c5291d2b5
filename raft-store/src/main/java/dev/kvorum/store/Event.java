package dev.kvorum.store;

import org.jspecify.annotations.Nullable;

/**
 * One change of one key, as watchers see it.
 *
 * <p>The encoded form is made on first use, at most once per variant in practice, and shared by every watcher. The race
 * between two first users is harmless: both build the same bytes. Thread-safe.
 */
public final class Event {
  private static final int EVENTS_TAG = 11 << 3 | 2; // WatchResponse.events
  private static final int TYPE_TAG = 1 << 3;
  private static final int KV_TAG = 2 << 3 | 2;
  private static final int PREV_KV_TAG = 3 << 3 | 2;

  private final boolean delete;
  private final KeyValue kv;
  private final @Nullable KeyValue prevKv;
  private byte @Nullable [] plain;
  private byte @Nullable [] withPrevKv;

  private Event(boolean delete, KeyValue kv, @Nullable KeyValue prevKv) {
    this.delete = delete;
    this.kv = kv;
    this.prevKv = prevKv;
  }

  /** A put; {@code prevKv} is the version it replaced, null when the key was created. */
  public static Event put(KeyValue kv, @Nullable KeyValue prevKv) {
    return new Event(false, kv, prevKv);
  }

  /** A deletion; {@code prevKv} is what was deleted, null only when compaction has removed it. */
  public static Event delete(KeyValue tombstone, @Nullable KeyValue prevKv) {
    return new Event(true, tombstone, prevKv);
  }

  public boolean isDelete() {
    return delete;
  }

  /** Whether the event is a put that began a new life of the key. */
  public boolean isCreate() {
    return !delete && kv.createRevision() == kv.modRevision();
  }

  /** The new version; for a deletion only key and mod revision are set. */
  public KeyValue kv() {
    return kv;
  }

  public @Nullable KeyValue prevKv() {
    return prevKv;
  }

  /** The revision of the change. */
  public long revision() {
    return kv.modRevision();
  }

  /**
   * The event as an {@code events} field of {@code etcdserverpb.WatchResponse}, tag and length included. Shared: must
   * not be changed.
   *
   * @param includePrevKv whether the previous version is part of it
   */
  public byte[] encoded(boolean includePrevKv) {
    if (!includePrevKv || prevKv == null) {
      byte[] bytes = plain;
      if (bytes == null) {
        bytes = encode(null);
        plain = bytes;
      }
      return bytes;
    }
    byte[] bytes = withPrevKv;
    if (bytes == null) {
      bytes = encode(prevKv);
      withPrevKv = bytes;
    }
    return bytes;
  }

  private byte[] encode(@Nullable KeyValue previous) {
    int kvLength = kv.encoded().length;
    int body = (delete ? 2 : 0) + 1 + WireFormat.varintSize(kvLength) + kvLength;
    if (previous != null) {
      int previousLength = previous.encoded().length;
      body += 1 + WireFormat.varintSize(previousLength) + previousLength;
    }
    byte[] bytes = new byte[1 + WireFormat.varintSize(body) + body];
    bytes[0] = EVENTS_TAG;
    int at = WireFormat.writeVarint(bytes, 1, body);
    if (delete) {
      bytes[at++] = TYPE_TAG;
      bytes[at++] = 1;
    }
    at = writeMessage(bytes, at, KV_TAG, kv.encoded());
    if (previous != null) {
      writeMessage(bytes, at, PREV_KV_TAG, previous.encoded());
    }
    return bytes;
  }

  private static int writeMessage(byte[] target, int position, int tag, byte[] message) {
    target[position] = (byte) tag;
    int at = WireFormat.writeVarint(target, position + 1, message.length);
    System.arraycopy(message, 0, target, at, message.length);
    return at + message.length;
  }

  @Override
  public String toString() {
    return (delete ? "DELETE " : "PUT ") + kv + (prevKv == null ? "" : " prev " + prevKv);
  }
}
