package dev.kvorum.store.raft;

import dev.kvorum.store.command.CommandBatch;
import java.util.List;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * A log entry on its way into the log: the bytes to be stored, and what they say, so that the leader need not decode what
 * it has just encoded.
 */
final class EntryMessage implements Message {
  private final ByteString content;
  private final List<CommandBatch> batches;

  /**
   * Creates a message.
   *
   * @param encoded the encoding of {@code batches}; must not be changed afterwards
   */
  EntryMessage(byte[] encoded, List<CommandBatch> batches) {
    this.content = UnsafeByteOperations.unsafeWrap(encoded);
    this.batches = batches;
  }

  @Override
  public ByteString getContent() {
    return content;
  }

  List<CommandBatch> batches() {
    return batches;
  }

  @Override
  public String toString() {
    return "entry of " + batches.size() + " batches, " + content.size() + " bytes";
  }
}
