package dev.kvorum.apiserver.http;

import io.netty.channel.Channel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What all connections of one server share. Thread-safe. */
final class Shared {
  /** Ends a connection as soon as what is being served on it is over. Called on its event loop. */
  interface Draining {
    void drain();
  }

  final HttpHandler handler;
  final HttpLimits limits;
  final Admission admission;
  final HttpMetrics metrics;
  private final Map<Channel, Draining> connections = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  Shared(HttpHandler handler, HttpLimits limits) {
    this.handler = handler;
    this.limits = limits;
    this.admission = new Admission(limits);
    this.metrics = new HttpMetrics(admission);
  }

  /** A connection was made, and nothing is known of it yet. */
  void connected(Channel channel) {
    metrics.connected();
    connections.put(channel, () -> close(channel));
    channel.closeFuture().addListener(closed -> {
      connections.remove(channel);
      metrics.disconnected();
    });
    if (stopping) {
      close(channel);
    }
  }

  /** From now on it is known how {@code channel} ends well. On its event loop. */
  void serves(Channel channel, Draining draining) {
    connections.computeIfPresent(channel, (same, before) -> draining);
    if (stopping) {
      draining.drain();
    }
  }

  boolean isStopping() {
    return stopping;
  }

  /** Ends all connections, each as soon as what is being served on it is over. */
  void drain() {
    stopping = true;
    connections
        .keySet()
        .forEach(channel -> channel.eventLoop().execute(() -> {
          Draining draining = connections.get(channel);
          if (draining != null) {
            draining.drain();
          }
        }));
  }

  boolean isIdle() {
    return connections.isEmpty();
  }

  /** Ends what is left. */
  void closeAll() {
    connections.keySet().forEach(Shared::close);
  }

  private static void close(Channel channel) {
    var unused = channel.close();
  }
}
