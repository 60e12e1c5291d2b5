package dev.kvorum.grpc.wire;

import dev.kvorum.store.Event;
import dev.kvorum.store.StoreIdentity;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Writes {@code etcdserverpb.WatchResponse}, with events in the form that all watchers share. Thread-safe. */
public final class WatchResponses {
  /** The watch id of answers that belong to no watcher, or to all of a stream. */
  public static final long NO_WATCHER = -1;

  private static final int WATCH_ID = 2;
  private static final int CREATED = 3;
  private static final int CANCELED = 4;
  private static final int COMPACT_REVISION = 5;
  private static final int CANCEL_REASON = 6;
  private static final int FRAGMENT = 7;
  private static final long SMALL = 64; // more than what is around the events

  private final HeaderEncoder header;
  private final int fragmentBytes;

  /**
   * Writes responses of the member {@code identity}.
   *
   * @param fragmentBytes responses of this size or more are split for watchers that can put them together
   */
  public WatchResponses(StoreIdentity identity, int fragmentBytes) {
    this.header = new HeaderEncoder(identity);
    this.fragmentBytes = fragmentBytes;
  }

  /** The watcher exists. */
  public Splice created(long watchId, long revision, long term) {
    return start(watchId, revision, term).flag(CREATED, true).build();
  }

  /** No watcher was made. */
  public Splice refused(String reason, long revision, long term) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    return start(NO_WATCHER, revision, term)
        .flag(CREATED, true)
        .flag(CANCELED, true)
        .delimited(CANCEL_REASON, text.length)
        .raw(text)
        .build();
  }

  /**
   * The watcher ended. Clients tell "compacted" by {@code compactRevision}; etcd leaves the header's revision at 0 then.
   */
  public Splice canceled(long watchId, long revision, long compactRevision, long term) {
    return start(watchId, compactRevision == 0 ? revision : 0, term)
        .flag(CANCELED, true)
        .number(COMPACT_REVISION, compactRevision)
        .build();
  }

  /** The watcher ended for a reason that the client should know. */
  public Splice canceled(long watchId, long revision, String reason, long term) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    return start(watchId, revision, term)
        .flag(CANCELED, true)
        .delimited(CANCEL_REASON, text.length)
        .raw(text)
        .build();
  }

  /** Everything up to {@code revision} was sent. */
  public Splice progress(long watchId, long revision, long term) {
    return start(watchId, revision, term).build();
  }

  /**
   * Events, in one message unless they are large and {@code fragment} allows several.
   *
   * @param sender takes the messages in order
   */
  public void events(
      long watchId,
      List<Event> events,
      boolean prevKv,
      boolean fragment,
      long revision,
      long term,
      Consumer<Splice> sender) {
    if (!fragment || events.size() < 2) {
      sender.accept(whole(watchId, events, prevKv, revision, term));
      return;
    }
    int next = 0;
    while (next < events.size()) {
      int first = next;
      long size = SMALL + events.get(next++).encoded(prevKv).length;
      while (next < events.size()
          && size + events.get(next).encoded(prevKv).length < fragmentBytes) {
        size += events.get(next++).encoded(prevKv).length;
      }
      Splice.Builder target = start(watchId, revision, term).flag(FRAGMENT, next < events.size());
      for (int i = first; i < next; i++) {
        target.piece(events.get(i).encoded(prevKv));
      }
      sender.accept(target.build());
    }
  }

  private Splice whole(long watchId, List<Event> events, boolean prevKv, long revision, long term) {
    Splice.Builder target = start(watchId, revision, term, events.size());
    for (int i = 0; i < events.size(); i++) {
      target.piece(events.get(i).encoded(prevKv));
    }
    return target.build();
  }

  private Splice.Builder start(long watchId, long revision, long term) {
    return start(watchId, revision, term, 0);
  }

  private Splice.Builder start(long watchId, long revision, long term, int pieces) {
    Splice.Builder target = new Splice.Builder(header.maxSize() + 15, pieces);
    header.write(target, revision, term);
    return target.number(WATCH_ID, watchId);
  }
}
