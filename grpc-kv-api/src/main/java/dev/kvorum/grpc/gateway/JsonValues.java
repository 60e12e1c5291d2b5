package dev.kvorum.grpc.gateway;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of bytes into the JSON values in it, one after the other with anything or nothing between them. Only finds
 * out where they end; whether they are valid is for the parser to say. Used on one thread.
 */
final class JsonValues {
  /** Values that wait to be taken; whoever sends more at once than this is not taken seriously. */
  private static final int MAX_WAITING = 1024;

  private final int maxBytes;
  private final ArrayDeque<byte[]> complete = new ArrayDeque<>();
  private final ByteArrayOutputStream current = new ByteArrayOutputStream();
  private int depth;
  private boolean inString;
  private boolean escaped;

  /** Takes values of up to {@code maxBytes}. */
  JsonValues(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes what arrived; false if a value got too large or they are too many: then nothing more may be given. */
  boolean feed(ByteBuf data) {
    while (data.isReadable()) {
      if (!take(data.readByte()) || complete.size() > MAX_WAITING) {
        return false;
      }
    }
    return true;
  }

  private boolean take(byte b) {
    boolean within = depth > 0 || inString;
    if (!within && isSpace(b)) {
      end(); // of a number or a word, if there is one
      return true;
    }
    if (current.size() == maxBytes) {
      return false;
    }
    if (inString) {
      current.write(b);
      if (escaped) {
        escaped = false;
      } else if (b == '\\') {
        escaped = true;
      } else if (b == '"') {
        inString = false;
        endIfOutermost();
      }
      return true;
    }
    if (depth == 0 && (b == '{' || b == '[' || b == '"')) {
      end();
    }
    current.write(b);
    switch (b) {
      case '"' -> inString = true;
      case '{', '[' -> depth++;
      case '}', ']' -> {
        depth = Math.max(0, depth - 1);
        endIfOutermost();
      }
      default -> {
        // part of whatever it is in
      }
    }
    return true;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  private void endIfOutermost() {
    if (depth == 0) {
      end();
    }
  }

  /** Nothing more comes: what is there is a value, if an incomplete one. */
  void end() {
    if (current.size() > 0) {
      complete.add(current.toByteArray());
      current.reset();
    }
  }

  boolean isEmpty() {
    return complete.isEmpty();
  }

  /** The oldest value that was not taken; null if there is none. */
  byte @Nullable [] poll() {
    return complete.poll();
  }
}
