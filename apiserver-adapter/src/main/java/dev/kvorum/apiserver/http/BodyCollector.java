package dev.kvorum.apiserver.http;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/** Puts a body together, within its limit and that of all bodies. Used on one event loop. */
final class BodyCollector {
  private static final byte[] EMPTY = {};
  private static final int LEAST = 1 << 10;

  private final int limit;
  private final Admission admission;
  private byte[] bytes = EMPTY;
  private int length;
  private int taken;

  BodyCollector(int limit, Admission admission) {
    this.limit = limit;
    this.admission = admission;
  }

  /** What became of a part. */
  enum Outcome {
    TAKEN,
    TOO_LARGE,
    NO_ROOM
  }

  /** Takes what is readable in {@code part}; does not release it. */
  Outcome add(ByteBuf part) {
    int more = part.readableBytes();
    if (more > limit - length) {
      return Outcome.TOO_LARGE;
    }
    if (length + more > bytes.length) {
      int capacity = Math.min(limit, Math.max(Math.max(LEAST, length + more), 2 * bytes.length));
      if (!admission.take(capacity - taken)) {
        return Outcome.NO_ROOM;
      }
      taken = capacity;
      bytes = Arrays.copyOf(bytes, capacity);
    }
    part.readBytes(bytes, length, more);
    length += more;
    return Outcome.TAKEN;
  }

  /** The body so far. */
  byte[] body() {
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  int length() {
    return length;
  }

  /** Gives back the room; once the body is not needed any more, or served. */
  void release() {
    admission.giveBack(taken);
    taken = 0;
    bytes = EMPTY;
    length = 0;
  }
}
