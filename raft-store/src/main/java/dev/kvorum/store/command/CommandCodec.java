package dev.kvorum.store.command;

import java.nio.ByteBuffer;
import java.util.List;

/** The encoding of log entries. */
@SuppressWarnings("DoNotCallSuggester")
public final class CommandCodec {
  private CommandCodec() {}

  /** Encodes one log entry. */
  public static byte[] encode(List<CommandBatch> batches) {
    throw new UnsupportedOperationException();
  }

  /**
   * Decodes one log entry. Keys and values of the result are windows on {@code entry}, which must not change afterwards.
   *
   * @throws IllegalArgumentException if {@code entry} is not what {@link #encode} writes
   */
  public static List<CommandBatch> decode(byte[] entry) {
    throw new UnsupportedOperationException();
  }

  /** As {@link #decode(byte[])}, from the remaining bytes of {@code entry}. */
  public static List<CommandBatch> decode(ByteBuffer entry) {
    byte[] copy = new byte[entry.remaining()];
    entry.duplicate().get(copy);
    return decode(copy);
  }

  /** Bytes that {@code command} takes in a log entry; what surrounds a batch is at most {@link #BATCH_OVERHEAD} more. */
  public static int encodedSize(Command<?> command) {
    throw new UnsupportedOperationException();
  }

  /** An upper bound of what a batch takes in an entry beside its commands, in bytes. */
  public static final int BATCH_OVERHEAD = 64;
}
