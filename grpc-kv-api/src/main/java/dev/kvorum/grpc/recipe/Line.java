package dev.kvorum.grpc.recipe;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeRequest.SortOrder;
import dev.kvorum.store.RangeRequest.SortTarget;
import java.nio.charset.StandardCharsets;

/**
 * Those who want what a name stands for: the keys below {@code name/}, one per lease, in the order in which they were
 * created. The layout is that of etcd's clients.
 *
 * @param prefix the name and a slash
 */
record Line(Bytes prefix) {
  static Line of(Bytes name) {
    byte[] prefix = new byte[name.length() + 1];
    name.copyTo(prefix, 0);
    prefix[name.length()] = '/';
    return new Line(Bytes.wrap(prefix));
  }

  /** The key of whoever has this lease: its id in hexadecimal, a negative one with a sign. */
  Bytes key(long lease) {
    String id = lease < 0 ? "-" + Long.toUnsignedString(-lease, 16) : Long.toHexString(lease);
    byte[] text = id.getBytes(StandardCharsets.US_ASCII);
    byte[] key = new byte[prefix.length() + text.length];
    prefix.copyTo(key, 0);
    System.arraycopy(text, 0, key, prefix.length(), text.length);
    return Bytes.wrap(key);
  }

  KeyRange all() {
    return KeyRange.prefix(prefix);
  }

  /** Who is first. */
  RangeRequest first(boolean keysOnly) {
    return oldest(SortOrder.ASCEND, keysOnly, 0);
  }

  /** Who is right before the one that was created at {@code createRevision}. */
  RangeRequest lastBefore(long createRevision) {
    return oldest(SortOrder.DESCEND, true, createRevision - 1);
  }

  private RangeRequest oldest(SortOrder order, boolean keysOnly, long maxCreateRevision) {
    return new RangeRequest(
        all(), 0, 1, order, SortTarget.CREATE, false, keysOnly, false, 0, 0, 0, maxCreateRevision);
  }
}
