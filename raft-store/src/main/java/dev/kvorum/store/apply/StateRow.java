package dev.kvorum.store.apply;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The one row that says which state the engine holds. It is in every batch that applying writes, so data and position
 * never part.
 *
 * @param position the last entry applied
 * @param revision the store's revision
 * @param compactRevision −1 when nothing was ever compacted
 */
record StateRow(LogPosition position, long revision, long compactRevision) {
  static final byte[] KEY = "applied".getBytes(StandardCharsets.US_ASCII);

  private static final byte FORMAT = 1;
  private static final int BYTES = 1 + 4 * Long.BYTES;

  byte[] encode() {
    return ByteBuffer.allocate(BYTES)
        .put(FORMAT)
        .putLong(position.term())
        .putLong(position.index())
        .putLong(revision)
        .putLong(compactRevision)
        .array();
  }

  static @Nullable StateRow decode(byte @Nullable [] row) {
    if (row == null) {
      return null;
    }
    if (row.length != BYTES || row[0] != FORMAT) {
      throw new IllegalStateException("state of format " + (row.length == 0 ? "none" : row[0])
          + " in " + row.length + " bytes; this version reads format " + FORMAT);
    }
    ByteBuffer buffer = ByteBuffer.wrap(row, 1, BYTES - 1);
    return new StateRow(
        new LogPosition(buffer.getLong(), buffer.getLong()), buffer.getLong(), buffer.getLong());
  }
}
