package dev.kvorum.grpc.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The streams that are open. They come and go on their own event loops; all methods may be called on any thread. */
final class OpenStreams {
  private final Set<StreamCall> streams = ConcurrentHashMap.newKeySet();

  void add(StreamCall stream) {
    streams.add(stream);
  }

  void remove(StreamCall stream) {
    streams.remove(stream);
  }

  void endThoseThatRequireALeader() {
    for (StreamCall stream : streams) {
      if (stream.requiresLeader()) {
        stream.closeSoon(Statuses.NO_LEADER);
      }
    }
  }

  /** Ends every stream; their clients may try another member. */
  void stop() {
    streams.forEach(stream -> stream.closeSoon(Statuses.STOPPED));
  }
}
