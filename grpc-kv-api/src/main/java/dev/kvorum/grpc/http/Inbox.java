package dev.kvorum.grpc.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Hands over what was decoded one at a time, when it is wanted, and reads from the connection only when there is nothing
 * left. So it holds what one read brought and no more. Used on the connection's event loop.
 */
final class Inbox {
  private final Consumer<Object> receiver;
  private final ArrayDeque<Object> messages = new ArrayDeque<>();
  private boolean wanted;
  private boolean delivering;

  /** Hands messages to {@code receiver}, who releases them. */
  Inbox(Consumer<Object> receiver) {
    this.receiver = receiver;
  }

  /** Takes what was decoded. */
  void add(Object message) {
    messages.add(message);
    deliver();
  }

  /** One more message is wanted; wanting it twice is wanting it once. */
  void want(ChannelHandlerContext context) {
    wanted = true;
    deliver();
    if (wanted) {
      context.read();
    }
  }

  /** What was read did not make up a message that was wanted: reads on. */
  void readComplete(ChannelHandlerContext context) {
    if (wanted) {
      context.read();
    }
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      while (wanted && !messages.isEmpty()) {
        wanted = false;
        receiver.accept(messages.remove());
      }
    } finally {
      delivering = false;
    }
  }

  /** Nothing is wanted any more. */
  void clear() {
    wanted = false;
    messages.forEach(ReferenceCountUtil::release);
    messages.clear();
  }
}
