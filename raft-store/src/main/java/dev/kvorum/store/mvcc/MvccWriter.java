package dev.kvorum.store.mvcc;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.OpResult;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.tree.Editor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of one log entry, command by command. Each command either takes one revision, or changes nothing, or is
 * refused with a {@link StoreException} and changes nothing.
 *
 * <p>Not thread-safe; see {@link MvccStore} for who may use it. Nothing is visible to readers before the store publishes
 * it.
 */
public final class MvccWriter {
  private final Editor<Version> index;
  private final RecentChanges recent;
  private final RetainedBytes retained;
  private final EngineBatch batch;
  private final LeaseBook leases;
  private final Values values;
  private final RangeReader ranges;
  private final TxnReader txns;
  private final List<Event> events = new ArrayList<>();
  private final List<Version> pending = new ArrayList<>();

  /** The revision of the last finished command that changed something. */
  private long revision;

  private long compactRevision;

  /** Changes of the command in progress, which have revision {@code revision + 1}; also the next sub-revision. */
  private int changes;

  MvccWriter(
      Editor<Version> index,
      RecentChanges recent,
      RetainedBytes retained,
      long revision,
      long compactRevision,
      EngineBatch batch,
      LeaseBook leases,
      Values values,
      RangeReader ranges,
      TxnReader txns) {
    this.index = index;
    this.recent = recent;
    this.retained = retained;
    this.revision = revision;
    this.compactRevision = compactRevision;
    this.batch = batch;
    this.leases = leases;
    this.values = values;
    this.ranges = ranges;
    this.txns = txns;
  }

  /** The store's revision after the commands so far. */
  public long revision() {
    return revision;
  }

  /** The compact revision after the commands so far; {@link MvccStore#NEVER_COMPACTED} if there is none. */
  public long compactRevision() {
    return compactRevision;
  }

  /** Every change so far, in order. */
  public List<Event> events() {
    return events;
  }

  /** The versions written so far; each holds its value in memory until it is in the engine. */
  List<Version> pending() {
    return pending;
  }

  public PutResult put(PutRequest request) {
    requireLease(request);
    requireKeyToKeepFrom(request);
    KeyValue previous = change(request);
    finish();
    return new PutResult(revision, request.prevKv() ? previous : null);
  }

  public DeleteResult delete(DeleteRequest request) {
    List<KeyValue> previous = change(request);
    finish();
    return new DeleteResult(revision, previous.size(), request.prevKv() ? previous : List.of());
  }

  /** Deletes {@code keys}, which all exist, in the order given, at one revision. */
  public void delete(List<byte[]> keys) {
    List<Found> found = new ArrayList<>(keys.size());
    for (byte[] key : keys) {
      Version version = index.current().get(key);
      if (version == null || version.isTombstone()) {
        throw new IllegalStateException("no key " + Bytes.wrap(key) + " to delete");
      }
      found.add(new Found(key, version));
    }
    remove(found);
    finish();
  }

  public TxnResult txn(TxnRequest request) {
    TxnReader.Decision decision = txns.decide(snapshot(), request);
    txns.check(decision, snapshot(), this::checkInTxn);
    List<OpResult> results = new TxnExecution(this, txns).run(decision);
    finish();
    return new TxnResult(revision, decision.succeeded(), results);
  }

  /** Sets the compact revision. Answers the store's revision. */
  public long compact(long requested) {
    if (requested <= compactRevision) {
      throw StoreException.compacted(Math.max(0, compactRevision));
    }
    if (requested > revision) {
      throw StoreException.of(StoreException.Kind.FUTURE_REVISION);
    }
    compactRevision = requested;
    return revision;
  }

  /** The state as the next operation sees it; valid until the next change. */
  Snapshot snapshot() {
    return new Snapshot(index.current(), currentRevision(), compactRevision, recent.mark());
  }

  /** The revision as an operation inside a transaction sees it. */
  long currentRevision() {
    return changes == 0 ? revision : revision + 1;
  }

  /** Puts a key whose request was checked; returns what it replaced. */
  @Nullable
  KeyValue change(PutRequest request) {
    byte[] key = request.key().sharedArray();
    Version newest = index.current().get(key);
    Version replaced = newest == null || newest.isTombstone() ? null : newest;
    KeyValue previous = replaced == null ? null : values.load(key, replaced, revision);
    if (previous == null && (request.ignoreValue() || request.ignoreLease())) {
      throw new IllegalStateException("put of " + request.key() + " was not checked");
    }
    long main = revision + 1;
    KeyValue written = KeyValue.of(
        request.key(),
        replaced == null ? main : replaced.createRevision,
        main,
        replaced == null ? 1 : replaced.version + 1,
        request.ignoreValue() && previous != null ? previous.value() : request.value(),
        request.ignoreLease() && previous != null ? previous.lease() : request.lease());
    write(key, written, newest, replaced);
    if (replaced == null) {
      recent.add(key, main, true);
    }
    move(key, replaced == null ? 0 : replaced.lease, written.lease());
    events.add(Event.put(written, previous));
    return previous;
  }

  /** Deletes keys; returns what was deleted, in key order. */
  List<KeyValue> change(DeleteRequest request) {
    return remove(ranges.liveKeys(snapshot(), request.range()));
  }

  private List<KeyValue> remove(List<Found> found) {
    List<KeyValue> previous = values.loadAll(found, revision);
    long main = revision + 1;
    for (int i = 0; i < found.size(); i++) {
      byte[] key = found.get(i).key();
      Version replaced = found.get(i).version();
      KeyValue tombstone = KeyValue.tombstone(Bytes.wrap(key), main);
      write(key, tombstone, replaced, replaced);
      recent.add(key, main, false);
      move(key, replaced.lease, 0);
      events.add(Event.delete(tombstone, previous.get(i)));
    }
    return previous;
  }

  private void write(
      byte[] key, KeyValue written, @Nullable Version newest, @Nullable Version replaced) {
    if (newest != null && newest.modRevision == revision + 1) {
      throw new IllegalStateException(
          "key " + written.key() + " written twice at revision " + (revision + 1));
    }
    Version version = new Version(written, newest);
    if (version.isCounted()) {
      version.cached = written;
      pending.add(version);
    }
    index.put(key, version);
    retained.add(version.storedBytes());
    batch.put(Family.KV, Rows.version(key, written.modRevision()), written.encoded());
    batch.put(
        Family.EVENTS,
        Rows.event(written.modRevision(), changes),
        Rows.eventValue(
            version.isTombstone() ? Rows.DELETE : Rows.PUT,
            replaced == null ? 0 : replaced.modRevision,
            key));
    changes++;
  }

  private void move(byte[] key, long from, long to) {
    if (from != to) {
      leases.moved(key, from, to);
    }
  }

  private void finish() {
    if (changes > 0) {
      revision++;
      changes = 0;
    }
  }

  private void checkInTxn(PutRequest put) {
    requireLease(put);
    requireKeyToKeepFrom(put);
  }

  private void requireLease(PutRequest request) {
    if (request.lease() != 0 && !leases.exists(request.lease())) {
      throw StoreException.of(StoreException.Kind.LEASE_NOT_FOUND);
    }
  }

  private void requireKeyToKeepFrom(PutRequest request) {
    if (request.ignoreValue() || request.ignoreLease()) {
      Version newest = index.current().get(request.key().sharedArray());
      if (newest == null || newest.isTombstone()) {
        throw StoreException.of(StoreException.Kind.KEY_NOT_FOUND);
      }
    }
  }
}
