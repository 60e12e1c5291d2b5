package dev.kvorum.store.watch;

import dev.kvorum.store.Event;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Writes down what it hears, one line per call: {@code created 0 @5}, {@code events 0 @7: PUT a@6, DELETE b@7}.
 */
public final class RecordingSink implements WatchSink {
  final List<String> heard = new CopyOnWriteArrayList<>();
  final List<List<Event>> lists = new ArrayList<>();
  boolean ready = true;

  /** Calls of {@link #events} until it is not ready. */
  int credit = Integer.MAX_VALUE;

  /** The lines so far; on any thread. */
  public List<String> heard() {
    return List.copyOf(heard);
  }

  /** The lines since the last call. */
  List<String> take() {
    List<String> lines = List.copyOf(heard);
    heard.clear();
    return lines;
  }

  @Override
  public boolean isReady() {
    return ready && credit > 0;
  }

  @Override
  public void created(long watchId, long revision) {
    heard.add("created " + watchId + " @" + revision);
  }

  @Override
  public void refused(long revision, String reason) {
    heard.add("refused @" + revision + ": " + reason);
  }

  @Override
  public void events(long watchId, WatchRequest request, long revision, List<Event> events) {
    credit--;
    lists.add(events);
    heard.add("events " + watchId + " @" + revision + ": "
        + events.stream()
            .map(event ->
                (event.isDelete() ? "DELETE " : "PUT ") + event.kv().key() + "@" + event.revision())
            .collect(Collectors.joining(", ")));
  }

  @Override
  public void progress(long watchId, long revision) {
    heard.add("progress " + watchId + " @" + revision);
  }

  @Override
  public void canceled(long watchId, long revision, long compactRevision) {
    heard.add("canceled " + watchId + " @" + revision + " compact " + compactRevision);
  }

  @Override
  public void failed(StoreException failure) {
    heard.add("failed " + failure.kind());
  }
}
