package dev.kvorum.store.lease;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import dev.kvorum.store.tree.Editor;
import dev.kvorum.store.tree.SortedTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The leases and which keys hang on them.
 *
 * <p>Leases are rows of the engine; attachments are not, because the newest version of every key says its lease: at start
 * the multi-version store names them again through {@link #attach}.
 *
 * <p>One writer, which is the only caller of everything but {@link #view}; readers see what was published last.
 *
 * <p>Invariant: an attached key's lease exists.
 */
public final class LeaseTable {
  private static final byte FORMAT = 1;
  private static final int ROW_BYTES = 1 + 2 * Long.BYTES;

  /** Ids to leases. */
  private final Editor<Entry> leases;

  /** Id followed by key, for each attachment. */
  private final Editor<Attachment> attachments = SortedTree.<Attachment>empty().edit();

  private volatile TreeLeaseView published;

  /** Reads the leases from {@code engine}, without their keys. */
  public LeaseTable(Engine engine) {
    Editor<Entry> read = SortedTree.<Entry>empty().edit();
    try (Cursor cursor = engine.scan(Family.LEASES, new byte[0], null, ScanKind.BULK)) {
      while (cursor.next()) {
        Lease lease = decode(cursor.key(), cursor.value());
        read.put(cursor.key(), new Entry(lease));
      }
    }
    leases = read;
    published = new TreeLeaseView(leases.freeze(), attachments.freeze());
  }

  /** The leases as published last. Any thread. */
  public LeaseView view() {
    return published;
  }

  /** Makes all changes so far visible. */
  public void publish() {
    TreeLeaseView last = published;
    if (last.leases() != leases.current() || last.attachments() != attachments.current()) {
      published = new TreeLeaseView(leases.freeze(), attachments.freeze());
    }
  }

  public boolean exists(long id) {
    return leases.current().get(idKey(id)) != null;
  }

  /** Adds a lease that does not exist. */
  public void grant(long id, long ttlSeconds, EngineBatch batch) {
    if (exists(id)) {
      throw new IllegalStateException("lease " + Long.toHexString(id) + " exists");
    }
    put(new Lease(id, ttlSeconds, 0), batch);
  }

  /** Remembers how long a lease has left; an unknown lease is passed over. */
  public void checkpoint(long id, long remainingTtlSeconds, EngineBatch batch) {
    Entry entry = leases.current().get(idKey(id));
    if (entry != null) {
      put(new Lease(id, entry.lease().ttlSeconds(), remainingTtlSeconds), batch);
    }
  }

  /** Removes a lease whose keys were detached before. */
  public void remove(long id, EngineBatch batch) {
    if (!keys(id).isEmpty()) {
      throw new IllegalStateException("lease " + Long.toHexString(id) + " still has keys");
    }
    byte[] row = idKey(id);
    leases.remove(row);
    batch.delete(Family.LEASES, row);
  }

  /** The keys attached to a lease now, ascending. */
  public List<byte[]> keys(long id) {
    return keys(attachments.current(), id);
  }

  /** Attaches a key to an existing lease. */
  public void attach(byte[] key, long id) {
    if (!exists(id)) {
      throw new IllegalStateException("key " + Bytes.wrap(key) + " on lease " + Long.toHexString(id)
          + ", which does not exist");
    }
    attachments.put(attachmentKey(id, key), Attachment.PRESENT);
  }

  public void detach(byte[] key, long id) {
    attachments.remove(attachmentKey(id, key));
  }

  private void put(Lease lease, EngineBatch batch) {
    byte[] row = idKey(lease.id());
    leases.put(row, new Entry(lease));
    batch.put(Family.LEASES, row, encode(lease));
  }

  static List<byte[]> keys(SortedTree<Attachment> attachments, long id) {
    List<byte[]> keys = new ArrayList<>();
    byte[] from = idKey(id);
    SortedTree.Cursor<Attachment> cursor =
        attachments.cursor(from, id == -1 ? null : idKey(id + 1));
    while (cursor.next()) {
      byte[] row = cursor.key();
      keys.add(Arrays.copyOfRange(row, Long.BYTES, row.length));
    }
    return keys;
  }

  /** As {@link LeaseView#firstKey}, with all changes so far. */
  public @Nullable Bytes firstKey(long id, Bytes from) {
    return firstKey(attachments.current(), id, from);
  }

  /** The ids of all leases, with all changes so far, by ascending unsigned id. */
  public List<Long> ids() {
    List<Long> ids = new ArrayList<>();
    SortedTree.Cursor<Entry> cursor = leases.current().cursor(new byte[0], null);
    while (cursor.next()) {
      ids.add(cursor.value().lease().id());
    }
    return ids;
  }

  static @Nullable Bytes firstKey(SortedTree<Attachment> attachments, long id, Bytes from) {
    SortedTree.Cursor<Attachment> cursor =
        attachments.cursor(attachmentKey(id, from.sharedArray()), id == -1 ? null : idKey(id + 1));
    if (!cursor.next()) {
      return null;
    }
    byte[] row = cursor.key();
    return Bytes.wrap(row, Long.BYTES, row.length - Long.BYTES).compact();
  }

  static @Nullable Lease lease(SortedTree<Entry> leases, long id) {
    Entry entry = leases.get(idKey(id));
    return entry == null ? null : entry.lease();
  }

  private static byte[] encode(Lease lease) {
    byte[] value = new byte[ROW_BYTES];
    value[0] = FORMAT;
    writeLong(value, 1, lease.ttlSeconds());
    writeLong(value, 1 + Long.BYTES, lease.remainingTtlSeconds());
    return value;
  }

  private static Lease decode(byte[] key, byte[] value) {
    if (key.length != Long.BYTES || value.length != ROW_BYTES || value[0] != FORMAT) {
      throw new IllegalStateException(
          "lease row of " + key.length + " and " + value.length + " bytes");
    }
    return new Lease(readLong(key, 0), readLong(value, 1), readLong(value, 1 + Long.BYTES));
  }

  /** Unsigned big-endian, so ids ascend as unsigned numbers. */
  private static byte[] idKey(long id) {
    byte[] key = new byte[Long.BYTES];
    writeLong(key, 0, id);
    return key;
  }

  private static byte[] attachmentKey(long id, byte[] key) {
    byte[] row = new byte[Long.BYTES + key.length];
    writeLong(row, 0, id);
    System.arraycopy(key, 0, row, Long.BYTES, key.length);
    return row;
  }

  private static void writeLong(byte[] target, int position, long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      target[position + i] = (byte) (value >>> (56 - 8 * i));
    }
  }

  private static long readLong(byte[] source, int position) {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = (value << 8) | (source[position + i] & 0xff);
    }
    return value;
  }

  /** A lease in the tree. */
  record Entry(Lease lease) implements SortedTree.Slot {
    @Override
    public boolean isCounted() {
      return true;
    }
  }

  /** That a key hangs on a lease. */
  enum Attachment implements SortedTree.Slot {
    PRESENT;

    @Override
    public boolean isCounted() {
      return true;
    }
  }
}
