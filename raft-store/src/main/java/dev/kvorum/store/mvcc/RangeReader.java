package dev.kvorum.store.mvcc;

import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeRequest.SortOrder;
import dev.kvorum.store.RangeRequest.SortTarget;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.tree.SortedTree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads ranges of keys from a snapshot of the index. Thread-safe; also used by the writer on the state it is changing.
 *
 * <p>The order of things is etcd's: select, filter by revision, sort, cut at the limit. Without an explicit order the
 * limit cuts in key order, before sorting by anything else.
 */
final class RangeReader {
  /** As a revision: whatever is newest in the snapshot. */
  static final long LATEST = Long.MAX_VALUE;

  /** Recent changes are always worth looking at when there are no more than this. */
  private static final long MIN_LOOKS = 256;

  /** How many keys are looked up in the index before their values are read. */
  private static final int KEYS_PER_STEP = 128;

  /** How many bytes of values are held while they are looked at one after the other. */
  private static final long BYTES_PER_STEP = 1 << 20;

  /** Up to this limit a sorted range keeps the first ones only; above, sorting all is as good. */
  private static final long MAX_TOP = 1 << 20;

  private static final Comparator<Found> KEY_ORDER =
      (one, other) -> Arrays.compareUnsigned(one.key(), other.key());

  private final Values values;
  private final LongSupplier compactRevision;

  RangeReader(Values values, LongSupplier compactRevision) {
    this.values = values;
    this.compactRevision = compactRevision;
  }

  /**
   * Answers {@code request}.
   *
   * @param at the revision to read at, not below the snapshot's compact revision; or {@link #LATEST}
   * @param headerRevision what the result says is the store's revision
   */
  RangeResult read(Snapshot snapshot, RangeRequest request, long at, long headerRevision) {
    if (request.countOnly()) {
      return new RangeResult(
          headerRevision, List.of(), false, count(snapshot, request.range(), at));
    }
    if (request.range().isSingle()) {
      return readSingle(snapshot, request, at, headerRevision);
    }
    long limit = request.limit() > 0 ? request.limit() : Long.MAX_VALUE;
    boolean keyOrder = request.sortTarget() == SortTarget.KEY;
    boolean natural = keyOrder && request.sortOrder() != SortOrder.DESCEND;
    boolean cutBeforeSort =
        natural || (request.sortOrder() == SortOrder.NONE && !request.hasRevisionFilter());
    if (!cutBeforeSort && limit < MAX_TOP) {
      return readTop(snapshot, request, at, headerRevision);
    }
    long wanted = cutBeforeSort && limit < Long.MAX_VALUE ? limit + 1 : Long.MAX_VALUE;
    List<Found> found = select(snapshot, request, at, wanted);
    long count = count(snapshot, request.range(), at);
    boolean more = found.size() > limit;

    List<KeyValue> keyValues;
    if (request.sortTarget() == SortTarget.VALUE) {
      List<KeyValue> all = new ArrayList<>(values.loadAll(found, readRevision(snapshot, at)));
      all.sort(ordered(Comparator.comparing(KeyValue::value), request));
      keyValues = more ? all.subList(0, (int) limit) : all;
      if (request.keysOnly()) {
        keyValues = keyValues.stream().map(KeyValue::withoutValue).toList();
      }
    } else {
      if (!natural) {
        if (keyOrder) {
          Collections.reverse(found);
        } else {
          found.sort(ordered(numberOrder(request.sortTarget()), request));
        }
      }
      List<Found> kept = more ? found.subList(0, (int) limit) : found;
      keyValues = request.keysOnly()
          ? withoutValues(kept)
          : values.loadAll(kept, readRevision(snapshot, at));
    }
    return new RangeResult(headerRevision, Collections.unmodifiableList(keyValues), more, count);
  }

  /** A sorted range with a limit: holds what it returns and not what it sorts. */
  private RangeResult readTop(
      Snapshot snapshot, RangeRequest request, long at, long headerRevision) {
    int limit = (int) request.limit();
    List<KeyValue> keyValues;
    boolean more;
    if (request.sortTarget() == SortTarget.VALUE) {
      Top<KeyValue> top = new Top<>(ordered(Comparator.comparing(KeyValue::value), request), limit);
      List<Found> group = new ArrayList<>(KEYS_PER_STEP);
      walk(snapshot, request, at, found -> {
        group.add(found);
        if (group.size() == KEYS_PER_STEP) {
          addValues(snapshot, group, at, top);
        }
        return true;
      });
      addValues(snapshot, group, at, top);
      more = top.more();
      keyValues = top.inOrder();
      if (request.keysOnly()) {
        keyValues.replaceAll(KeyValue::withoutValue);
      }
    } else {
      Comparator<Found> ascending =
          request.sortTarget() == SortTarget.KEY ? KEY_ORDER : numberOrder(request.sortTarget());
      Top<Found> top = new Top<>(ordered(ascending, request), limit);
      walk(snapshot, request, at, found -> {
        top.add(found);
        return true;
      });
      more = top.more();
      keyValues = request.keysOnly()
          ? withoutValues(top.inOrder())
          : values.loadAll(top.inOrder(), readRevision(snapshot, at));
    }
    long count = count(snapshot, request.range(), at);
    return new RangeResult(headerRevision, Collections.unmodifiableList(keyValues), more, count);
  }

  /** Offers the values of {@code group}, one after the other as they are read, and empties it. */
  private void addValues(Snapshot snapshot, List<Found> group, long at, Top<KeyValue> top) {
    int done = 0;
    while (done < group.size()) {
      List<KeyValue> loaded = values.loadInOrder(
          group.subList(done, group.size()), readRevision(snapshot, at), BYTES_PER_STEP);
      loaded.forEach(top::add);
      done += loaded.size();
    }
    group.clear();
  }

  /** The stable order of a sort: equal ones stay in ascending key order, also when descending. */
  private static <T> Comparator<T> ordered(Comparator<T> ascending, RangeRequest request) {
    return request.sortOrder() == SortOrder.DESCEND ? ascending.reversed() : ascending;
  }

  private static Comparator<Found> numberOrder(SortTarget target) {
    return switch (target) {
      case VERSION -> Comparator.comparingLong(found -> found.version().version);
      case CREATE -> Comparator.comparingLong(found -> found.version().createRevision);
      case MOD -> Comparator.comparingLong(found -> found.version().modRevision);
      case KEY, VALUE -> throw new IllegalArgumentException("not a number: " + target);
    };
  }

  private RangeResult readSingle(
      Snapshot snapshot, RangeRequest request, long at, long headerRevision) {
    byte[] key = request.range().key().sharedArray();
    Version version = live(snapshot.tree().get(key), at);
    ensureNotCompacted(at);
    if (version == null) {
      return new RangeResult(headerRevision, List.of(), false, 0);
    }
    if (!request.accepts(version.createRevision, version.modRevision)) {
      return new RangeResult(headerRevision, List.of(), false, 1);
    }
    KeyValue keyValue = request.keysOnly()
        ? new Found(key, version).withoutValue()
        : values.load(key, version, readRevision(snapshot, at));
    return new RangeResult(headerRevision, List.of(keyValue), false, 1);
  }

  private List<Found> select(Snapshot snapshot, RangeRequest request, long at, long wanted) {
    List<Found> found = new ArrayList<>();
    walk(snapshot, request, at, each -> {
      found.add(each);
      return found.size() < wanted;
    });
    return found;
  }

  /** Shows {@code taker} the keys that are selected, in key order, until it wants no more. */
  private void walk(Snapshot snapshot, RangeRequest request, long at, Predicate<Found> taker) {
    boolean filter = request.hasRevisionFilter();
    if (!request.range().isEmpty()) {
      KeyBounds bounds = KeyBounds.of(request.range());
      SortedTree.Cursor<Version> cursor = snapshot.tree().cursor(bounds.from(), bounds.to());
      boolean more = true;
      while (more && cursor.next()) {
        Version version = live(cursor.value(), at);
        if (version != null
            && (!filter || request.accepts(version.createRevision, version.modRevision))) {
          more = taker.test(new Found(cursor.key(), version));
        }
      }
    }
    ensureNotCompacted(at);
  }

  /** The live keys of {@code range} in the newest state of the snapshot. */
  List<Found> liveKeys(Snapshot snapshot, KeyRange range) {
    if (range.isSingle()) {
      byte[] key = range.key().sharedArray();
      Version version = live(snapshot.tree().get(key), LATEST);
      return version == null ? List.of() : List.of(new Found(key, version));
    }
    return select(snapshot, RangeRequest.latest(range), LATEST, Long.MAX_VALUE);
  }

  /** Reads a page in key order; see {@link View#page}. */
  RangePage page(
      Snapshot snapshot, KeyRange range, long at, int maxKeys, long maxBytes, boolean keysOnly) {
    List<KeyValue> keyValues = new ArrayList<>();
    long bytes = 0;
    KeyRange rest = range;
    while (rest != null
        && keyValues.size() < maxKeys
        && (bytes < maxBytes || keyValues.isEmpty())) {
      int some = Math.min(maxKeys - keyValues.size(), KEYS_PER_STEP);
      List<Found> found = select(snapshot, RangeRequest.latest(rest), at, some + 1L);
      List<Found> group = found.size() <= some ? found : found.subList(0, some);
      List<KeyValue> loaded = keysOnly
          ? withoutValues(group)
          : values.loadInOrder(group, readRevision(snapshot, at), maxBytes - bytes);
      for (KeyValue each : loaded) {
        keyValues.add(each);
        bytes += each.encoded().length;
      }
      rest = loaded.size() == found.size()
          ? null
          : continueAt(range, found.get(loaded.size()).key());
    }
    return new RangePage(keyValues, rest);
  }

  private static KeyRange continueAt(KeyRange range, byte[] key) {
    return new KeyRange(dev.kvorum.store.Bytes.wrap(key), range.rangeEnd());
  }

  private static List<KeyValue> withoutValues(List<Found> found) {
    List<KeyValue> keyValues = new ArrayList<>(found.size());
    for (Found each : found) {
      keyValues.add(each.withoutValue());
    }
    return keyValues;
  }

  /** How many keys of {@code range} exist at {@code at}. */
  long count(Snapshot snapshot, KeyRange range, long at) {
    if (range.isEmpty()) {
      return 0;
    }
    KeyBounds bounds = KeyBounds.of(range);
    long now = snapshot.tree().count(bounds.from(), bounds.to());
    if (at == LATEST || at >= snapshot.revision()) {
      return now;
    }
    long growth =
        snapshot.recent().growthSince(at, bounds.from(), bounds.to(), Math.max(MIN_LOOKS, now));
    if (growth != RecentChanges.Mark.UNKNOWN) {
      return now - growth;
    }
    long count = 0;
    SortedTree.Cursor<Version> cursor = snapshot.tree().cursor(bounds.from(), bounds.to());
    while (cursor.next()) {
      if (live(cursor.value(), at) != null) {
        count++;
      }
    }
    ensureNotCompacted(at);
    return count;
  }

  private static @Nullable Version live(@Nullable Version newest, long at) {
    if (newest == null) {
      return null;
    }
    if (at == LATEST) {
      return newest.isTombstone() ? null : newest;
    }
    return newest.liveAt(at);
  }

  private static long readRevision(Snapshot snapshot, long at) {
    return at == LATEST ? snapshot.revision() : at;
  }

  /** Called after walking to older versions: compaction may have cut off what was looked for. */
  private void ensureNotCompacted(long at) {
    long compacted = compactRevision.getAsLong();
    if (compacted > at) {
      throw StoreException.compacted(compacted);
    }
  }
}
