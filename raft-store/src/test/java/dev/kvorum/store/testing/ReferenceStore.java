package dev.kvorum.store.testing;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Compare;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.Op;
import dev.kvorum.store.OpResult;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeRequest.SortOrder;
import dev.kvorum.store.RangeRequest.SortTarget;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreException.Kind;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The store as its description says it, done in the most obvious way: every revision is a whole map, nothing is ever
 * thrown away, nothing is shared with the real one. The oracle of model tests.
 */
public final class ReferenceStore {
  private final List<NavigableMap<Bytes, KeyValue>> states = new ArrayList<>();
  private final List<List<Event>> events = new ArrayList<>();
  private final NavigableMap<Long, Long> leases = new TreeMap<>(Long::compareUnsigned);
  private long compactRevision = -1;

  /** The state while a command runs. */
  private NavigableMap<Bytes, KeyValue> working = new TreeMap<>();

  private List<Event> changes = new ArrayList<>();

  public ReferenceStore() {
    states.add(new TreeMap<>()); // revision 0 does not exist
    states.add(new TreeMap<>());
    events.add(List.of());
    events.add(List.of());
  }

  public long revision() {
    return states.size() - 1L;
  }

  public long compactRevision() {
    return Math.max(0, compactRevision);
  }

  public NavigableMap<Long, Long> leases() {
    return leases;
  }

  /** Keys attached to a lease. */
  public SortedSet<Bytes> keys(long lease) {
    SortedSet<Bytes> keys = new TreeSet<>();
    for (KeyValue each : states.getLast().values()) {
      if (each.lease() == lease) {
        keys.add(each.key());
      }
    }
    return keys;
  }

  /** The changes of one revision; what was replaced is left out at and below the compact revision. */
  public List<Event> history(long revision, KeyRange range) {
    List<Event> result = new ArrayList<>();
    for (Event event : events.get((int) revision)) {
      if (range.contains(event.kv().key())) {
        KeyValue previous = revision > compactRevision ? event.prevKv() : null;
        result.add(
            event.isDelete()
                ? Event.delete(event.kv(), previous)
                : Event.put(event.kv(), previous));
      }
    }
    return result;
  }

  private void begin() {
    working = new TreeMap<>(states.getLast());
    changes = new ArrayList<>();
  }

  private void commit() {
    if (!changes.isEmpty()) {
      states.add(working);
      events.add(changes);
    }
  }

  private long main() {
    return changes.isEmpty() ? revision() : revision() + 1;
  }

  public PutResult put(PutRequest request) {
    if (request.lease() != 0 && !leases.containsKey(request.lease())) {
      throw StoreException.of(Kind.LEASE_NOT_FOUND);
    }
    if ((request.ignoreValue() || request.ignoreLease())
        && !states.getLast().containsKey(request.key())) {
      throw StoreException.of(Kind.KEY_NOT_FOUND);
    }
    begin();
    PutResult result = doPut(request);
    commit();
    return result;
  }

  private PutResult doPut(PutRequest request) {
    KeyValue old = working.get(request.key());
    long main = revision() + 1;
    KeyValue now = KeyValue.of(
        request.key(),
        old == null ? main : old.createRevision(),
        main,
        old == null ? 1 : old.version() + 1,
        request.ignoreValue() && old != null ? old.value() : request.value(),
        request.ignoreLease() && old != null ? old.lease() : request.lease());
    working.put(request.key(), now);
    changes.add(Event.put(now, old));
    return new PutResult(main, request.prevKv() ? old : null);
  }

  public DeleteResult delete(DeleteRequest request) {
    begin();
    DeleteResult result = doDelete(request);
    commit();
    return result;
  }

  private DeleteResult doDelete(DeleteRequest request) {
    List<KeyValue> deleted = new ArrayList<>();
    for (KeyValue each : List.copyOf(working.values())) {
      if (request.range().contains(each.key())) {
        deleted.add(each);
        working.remove(each.key());
        changes.add(Event.delete(KeyValue.tombstone(each.key(), revision() + 1), each));
      }
    }
    return new DeleteResult(main(), deleted.size(), request.prevKv() ? deleted : List.of());
  }

  public RangeResult range(RangeRequest request) {
    long at = request.revision() <= 0 ? revision() : request.revision();
    if (at > revision()) {
      throw StoreException.of(Kind.FUTURE_REVISION);
    }
    if (at < compactRevision) {
      throw StoreException.compacted(compactRevision());
    }
    return doRange(request, states.get((int) at), revision());
  }

  private static RangeResult doRange(
      RangeRequest request, NavigableMap<Bytes, KeyValue> state, long headerRevision) {
    List<KeyValue> found = new ArrayList<>();
    for (KeyValue each : state.values()) {
      if (request.range().contains(each.key())) {
        found.add(each);
      }
    }
    long count = found.size();
    if (request.countOnly()) {
      return new RangeResult(headerRevision, List.of(), false, count);
    }
    long limit = request.limit() <= 0 ? Long.MAX_VALUE : request.limit();
    if (request.sortOrder() == SortOrder.NONE
        && !request.hasRevisionFilter()
        && found.size() > limit) {
      found = new ArrayList<>(found.subList(0, (int) limit + 1));
    }
    found.removeIf(each -> !request.accepts(each.createRevision(), each.modRevision()));
    Comparator<KeyValue> order = switch (request.sortTarget()) {
      case KEY -> Comparator.comparing(KeyValue::key);
      case VERSION -> Comparator.comparingLong(KeyValue::version);
      case CREATE -> Comparator.comparingLong(KeyValue::createRevision);
      case MOD -> Comparator.comparingLong(KeyValue::modRevision);
      case VALUE -> Comparator.comparing(KeyValue::value);
    };
    if (request.sortOrder() == SortOrder.DESCEND) {
      order = order.reversed();
    }
    if (request.sortOrder() != SortOrder.NONE || request.sortTarget() != SortTarget.KEY) {
      found.sort(order.thenComparing(KeyValue::key));
    }
    boolean more = found.size() > limit;
    if (more) {
      found = found.subList(0, (int) limit);
    }
    if (request.keysOnly()) {
      found = found.stream().map(KeyValue::withoutValue).toList();
    }
    return new RangeResult(headerRevision, found, more, count);
  }

  public TxnResult txn(TxnRequest request) {
    NavigableMap<Bytes, KeyValue> before = states.getLast();
    check(request, before);
    begin();
    List<OpResult> results = new ArrayList<>();
    boolean succeeded = holds(request, before);
    for (Op op : succeeded ? request.success() : request.failure()) {
      results.add(doOp(op, before));
    }
    commit();
    return new TxnResult(revision(), succeeded, results);
  }

  private OpResult doOp(Op op, NavigableMap<Bytes, KeyValue> before) {
    return switch (op) {
      case PutRequest put -> doPut(put);
      case DeleteRequest delete -> doDelete(delete);
      case RangeRequest range ->
        doRange(
            range, range.revision() <= 0 ? working : states.get((int) range.revision()), main());
      case TxnRequest txn -> {
        boolean succeeded = holds(txn, before);
        List<OpResult> results = new ArrayList<>();
        for (Op inner : succeeded ? txn.success() : txn.failure()) {
          results.add(doOp(inner, before));
        }
        yield new TxnResult(0, succeeded, results);
      }
    };
  }

  private void check(TxnRequest request, NavigableMap<Bytes, KeyValue> before) {
    for (Op op : holds(request, before) ? request.success() : request.failure()) {
      switch (op) {
        case PutRequest put -> {
          if (put.lease() != 0 && !leases.containsKey(put.lease())) {
            throw StoreException.of(Kind.LEASE_NOT_FOUND);
          }
          if ((put.ignoreValue() || put.ignoreLease()) && !before.containsKey(put.key())) {
            throw StoreException.of(Kind.KEY_NOT_FOUND);
          }
        }
        case RangeRequest range -> {
          if (range.revision() > revision()) {
            throw StoreException.of(Kind.FUTURE_REVISION);
          }
          if (range.revision() != 0 && range.revision() < compactRevision) {
            throw StoreException.compacted(compactRevision());
          }
        }
        case DeleteRequest delete -> {}
        case TxnRequest txn -> check(txn, before);
      }
    }
  }

  private static boolean holds(TxnRequest request, NavigableMap<Bytes, KeyValue> before) {
    for (Compare compare : request.compares()) {
      List<@Nullable KeyValue> subjects = new ArrayList<>();
      for (KeyValue each : before.values()) {
        if (compare.range().contains(each.key())) {
          subjects.add(each);
        }
      }
      if (subjects.isEmpty()) {
        subjects.add(null);
      }
      for (KeyValue subject : subjects) {
        if (!holds(compare, subject)) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean holds(Compare compare, @Nullable KeyValue subject) {
    int order;
    if (compare.target() == Compare.Target.VALUE) {
      if (subject == null) {
        return false;
      }
      order = subject.value().compareTo(compare.value());
    } else {
      long stored = subject == null
          ? 0
          : switch (compare.target()) {
            case VERSION -> subject.version();
            case CREATE -> subject.createRevision();
            case MOD -> subject.modRevision();
            case LEASE -> subject.lease();
            case VALUE -> throw new IllegalStateException();
          };
      order = Long.compare(stored, compare.number());
    }
    return switch (compare.relation()) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case GREATER -> order > 0;
      case LESS -> order < 0;
    };
  }

  public long compact(long revision) {
    if (revision <= compactRevision) {
      throw StoreException.compacted(compactRevision());
    }
    if (revision > revision()) {
      throw StoreException.of(Kind.FUTURE_REVISION);
    }
    compactRevision = revision;
    return revision();
  }

  public void grant(long id, long ttlSeconds) {
    if (leases.putIfAbsent(id, ttlSeconds) != null) {
      throw StoreException.of(Kind.LEASE_EXISTS);
    }
  }

  public long revoke(long id) {
    if (leases.remove(id) == null) {
      throw StoreException.of(Kind.LEASE_NOT_FOUND);
    }
    begin();
    for (KeyValue each : List.copyOf(working.values())) {
      if (each.lease() == id) {
        working.remove(each.key());
        changes.add(Event.delete(KeyValue.tombstone(each.key(), revision() + 1), each));
      }
    }
    commit();
    return revision();
  }
}
