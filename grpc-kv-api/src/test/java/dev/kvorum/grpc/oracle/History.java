package dev.kvorum.grpc.oracle;

import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that ever happened in one store, from a watcher on all keys that is there from the first revision on.
 * Every revision has at least one event, so the history is complete once its last event has the current revision.
 */
final class History implements AutoCloseable {
  private final String server;
  private final WatchTape tape;
  private final WatchTape.Watcher watcher;
  private final List<Event> events = new ArrayList<>();

  History(String server, Endpoint endpoint, int client) {
    this.server = server;
    tape = new WatchTape(endpoint.channel(client));
    tape.create(WatchCreateRequest.newBuilder()
        .setKey(Keys.ZERO)
        .setRangeEnd(Keys.ZERO)
        .setPrevKv(true)
        .build());
    WatchTape.Created created = tape.awaitCreated();
    WatchTape.@Nullable Watcher recorder = created == null ? null : created.watcher();
    if (recorder == null) {
      throw new Difference("watch", "no watcher on all keys at " + server, "", tape.violations());
    }
    watcher = recorder;
  }

  /** Waits until the event of {@code revision} is here. */
  void awaitRevision(long revision) {
    while (lastRevision() < revision) {
      boolean arrived = tape.awaitEvents(watcher, events.size() + 1);
      events.addAll(tape.events(watcher, events.size()));
      if (!arrived) {
        throw new Difference(
            "history ends early",
            "the watcher on all keys at " + server + " did not get revision " + revision,
            "",
            "last revision " + lastRevision() + " " + tape.violations());
      }
    }
    List<String> violations = tape.violations();
    if (!violations.isEmpty()) {
      throw new Difference("watch rule", "the watcher on all keys at " + server, "", violations);
    }
  }

  long lastRevision() {
    return events.isEmpty() ? 1 : events.getLast().getKv().getModRevision();
  }

  /** As far as awaited. */
  List<Event> events() {
    return events;
  }

  @Override
  public void close() {
    tape.close();
  }
}
