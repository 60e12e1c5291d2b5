package dev.kvorum.store.apply;

import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The last batch applied of each origin, so that one sent twice is applied once. Used by the writer alone; one small row
 * per member that ever proposed.
 */
final class Origins {
  private static final byte[] PREFIX = "origin/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PREFIX_END = "origin0".getBytes(StandardCharsets.US_ASCII);

  private record Last(long incarnation, long sequence) {}

  private final Map<Long, Last> last = new HashMap<>(); // looked up only, never iterated

  Origins(Engine engine) {
    try (Cursor cursor = engine.scan(Family.META, PREFIX, PREFIX_END, ScanKind.BULK)) {
      while (cursor.next()) {
        ByteBuffer key = ByteBuffer.wrap(cursor.key());
        ByteBuffer value = ByteBuffer.wrap(cursor.value());
        last.put(key.getLong(PREFIX.length), new Last(value.getLong(), value.getLong()));
      }
    }
  }

  /** Whether {@code batch}, or a later one of its origin, was applied already; if not, notes that it is now. */
  boolean isDuplicate(CommandBatch batch, EngineBatch changes) {
    Last known = last.get(batch.originId());
    if (known != null
        && (batch.incarnation() < known.incarnation
            || (batch.incarnation() == known.incarnation && batch.sequence() <= known.sequence))) {
      return true;
    }
    last.put(batch.originId(), new Last(batch.incarnation(), batch.sequence()));
    byte[] key = Arrays.copyOf(PREFIX, PREFIX.length + Long.BYTES);
    ByteBuffer.wrap(key).putLong(PREFIX.length, batch.originId());
    changes.put(
        Family.META,
        key,
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(batch.incarnation())
            .putLong(batch.sequence())
            .array());
    return false;
  }

  /** Removes all rows. */
  static void forget(EngineBatch batch) {
    batch.deleteRange(Family.META, PREFIX, PREFIX_END);
  }
}
