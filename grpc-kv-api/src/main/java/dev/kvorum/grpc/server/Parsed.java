package dev.kvorum.grpc.server;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import dev.kvorum.grpc.wire.MalformedMessage;

/** Reads the messages of methods that are not called often enough to be read by hand. */
final class Parsed {
  private Parsed() {}

  static <M> M message(Parser<M> parser, byte[] bytes) throws MalformedMessage {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedMessage(String.valueOf(e.getMessage()));
    }
  }
}
