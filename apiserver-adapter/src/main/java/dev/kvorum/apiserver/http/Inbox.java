package dev.kvorum.apiserver.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/**
 * Hands over what an HTTP/1.1 client has sent, one decoded message at a time, when it is wanted. Reads from the connection
 * only when nothing is left, so it holds what one read brought and no more. On the event loop.
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

  void add(Object message) {
    messages.add(message);
    deliver();
  }

  /** One more message is wanted. */
  void want(ChannelHandlerContext context) {
    wanted = true;
    if (delivering) {
      return; // it gets the next one, or what follows reads
    }
    deliver();
    if (wanted) {
      context.read();
    }
  }

  /** No message is wanted, but whether the client goes away is. */
  void listen(ChannelHandlerContext context) {
    if (messages.isEmpty()) {
      context.read();
    }
  }

  void readComplete(ChannelHandlerContext context) {
    if (wanted) {
      context.read(); // what came did not make up a message
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

  void clear() {
    wanted = false;
    messages.forEach(ReferenceCountUtil::release);
    messages.clear();
  }
}
