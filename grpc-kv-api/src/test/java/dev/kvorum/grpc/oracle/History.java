package dev.kvorum.grpc.oracle;

import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Everything that ever happened in one store, from a watcher on all keys that is there from the first revision on.
 * Every revision has at least one event, so the history is complete once its last event has the current revision.
 */
final class History implements AutoCloseable {
  /** The kind of difference that is between what a server said before a restart and after it. */
  static final String AFTER_RESTART = "history after restart";

  private final String server;
  private WatchTape tape;
  private WatchTape.Watcher watcher;
  private final List<Event> events;

  /** How many of the watcher's events are in {@link #events}. */
  private int taken;

  private History(
      String server, WatchTape tape, WatchTape.Watcher watcher, List<Event> events, int taken) {
    this.server = server;
    this.tape = tape;
    this.watcher = watcher;
    this.events = events;
    this.taken = taken;
  }

  /** Of a store that has none yet. */
  static History start(String server, Channel channel) {
    WatchTape tape = new WatchTape(channel);
    return new History(server, tape, watch(server, tape, 0), new ArrayList<>(), 0);
  }

  /**
   * Goes on after a restart. What the store still has must be what it had.
   *
   * @param from the first revision that the store still has
   */
  static History resume(History before, Channel channel, long from) {
    WatchTape tape = new WatchTape(channel);
    WatchTape.Watcher watcher = watch(before.server, tape, from);
    List<Event> kept = before.events.stream()
        .filter(event -> event.getKv().getModRevision() >= from)
        .toList();
    tape.awaitEvents(watcher, kept.size());
    List<Event> again = tape.events(watcher, 0);
    if (again.size() != kept.size()) {
      throw new Difference(
          AFTER_RESTART,
          "events from revision " + from + " after a restart of " + before.server,
          "before " + kept.size() + ", those not there now: " + without(kept, again),
          "after " + again.size() + ", those not there then: " + without(again, kept) + " "
              + tape.stateOf(watcher));
    }
    for (int i = 0; i < kept.size(); i++) {
      Event then = kept.get(i);
      Event now = again.get(i);
      boolean prevKvCompacted = then.getKv().getModRevision() == from
          && now.equals(then.toBuilder().clearPrevKv().build());
      if (!now.equals(then) && !prevKvCompacted) {
        throw new Difference(
            AFTER_RESTART,
            "event after a restart of " + before.server,
            "before " + Text.of(then),
            "after " + Text.of(now));
      }
    }
    return new History(before.server, tape, watcher, before.events, again.size());
  }

  private static String without(List<Event> events, List<Event> others) {
    Set<Event> known = new HashSet<>(others);
    return events.stream()
        .filter(event -> !known.contains(event))
        .map(Text::of)
        .toList()
        .toString();
  }

  private static WatchTape.Watcher watch(String server, WatchTape tape, long from) {
    tape.create(WatchCreateRequest.newBuilder()
        .setKey(Keys.ZERO)
        .setRangeEnd(Keys.ZERO)
        .setStartRevision(from)
        .setPrevKv(true)
        .build());
    WatchTape.Created created = tape.awaitCreated();
    WatchTape.Watcher watcher = created == null ? null : created.watcher();
    if (watcher == null) {
      throw new Difference("watch", "no watcher on all keys at " + server, "", tape.violations());
    }
    return watcher;
  }

  /** Goes on watching on another channel. All events so far must have been awaited. */
  void moveTo(Channel channel) {
    tape.close();
    tape = new WatchTape(channel);
    watcher = watch(server, tape, lastRevision() + 1);
    taken = 0;
  }

  /** Waits until the event of {@code revision} is here. */
  void awaitRevision(long revision) {
    while (lastRevision() < revision) {
      boolean arrived = tape.awaitEvents(watcher, taken + 1);
      List<Event> more = tape.events(watcher, taken);
      events.addAll(more);
      taken += more.size();
      if (!arrived) {
        throw new Difference(
            "history ends early",
            "the watcher on all keys at " + server + " did not get revision " + revision,
            "",
            "last revision " + lastRevision() + " " + tape.stateOf(watcher));
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
