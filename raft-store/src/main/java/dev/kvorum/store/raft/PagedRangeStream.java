package dev.kvorum.store.raft;

import dev.kvorum.store.CallContext;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.RangePart;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.RangeStream;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.apply.Applier;
import dev.kvorum.store.mvcc.RangePage;
import dev.kvorum.store.mvcc.View;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A range stream over this member's state. Each part is a read of its own on the read pool, from the state of that moment
 * at the revision settled by the first: a slow caller keeps neither an old index nor a snapshot of the disk alive, and
 * long streams take turns with other reads.
 *
 * <p>Parts begin with few keys, so that the first comes soon, and then go for the size wanted, as etcd's do.
 *
 * <p>The fields are written by the read of a part and read by the next one, which is begun after it was completed.
 */
final class PagedRangeStream implements RangeStream {
  private static final int FIRST_KEYS = 10;
  private static final int MAX_KEYS = 1 << 20;

  private final Reads reads;
  private final RangeRequest request;
  private final long partBytes;
  private final CallContext context;
  private final long limit;
  private volatile boolean closed;

  private @Nullable KeyRange rest; // null: nothing was read yet
  private long storeRevision;
  private long revision;
  private long keysRead;
  private int keysPerPart = FIRST_KEYS;

  PagedRangeStream(Reads reads, RangeRequest request, int partBytes, CallContext context) {
    this.reads = reads;
    this.request = request;
    this.partBytes = partBytes;
    this.context = context;
    this.limit = request.limit() > 0 ? request.limit() : Long.MAX_VALUE;
  }

  @Override
  public CompletableFuture<RangePart> next() {
    boolean linearizable = rest == null && !request.serializable();
    return request.countOnly()
        ? reads.read(linearizable, true, context, this::countOnly)
        : reads.read(linearizable, false, context, this::read);
  }

  @Override
  public void close() {
    closed = true;
  }

  private RangePart countOnly(Applier applier) {
    RangeResult counted = applier.range(request);
    return new RangePart(List.of(), new RangePart.End(counted.revision(), false, counted.count()));
  }

  private RangePart read(Applier applier) {
    if (closed) {
      throw StoreException.of(StoreException.Kind.STOPPED);
    }
    KeyRange left = rest;
    return left == null ? readFirst(applier) : read(applier.view(), left);
  }

  /** Settles the revision. Compaction may overtake the latest one while it is read; then there is a later one. */
  private RangePart readFirst(Applier applier) {
    while (true) {
      View view = applier.view();
      storeRevision = view.revision();
      revision = request.revision() > 0 ? request.revision() : view.revision();
      try {
        return read(view, request.range());
      } catch (StoreException e) {
        boolean overtaken = e.kind() == StoreException.Kind.COMPACTED
            && request.revision() <= 0
            && view.revision() < applier.lastRevision();
        if (!overtaken) {
          throw e;
        }
      }
    }
  }

  private RangePart read(View view, KeyRange left) {
    int maxKeys = (int) Math.min(keysPerPart, limit - keysRead);
    RangePage page = view.page(left, revision, maxKeys, 2 * partBytes, request.keysOnly());
    List<KeyValue> keyValues = page.keyValues();
    long total = keysRead + keyValues.size();
    KeyRange unread = page.rest();
    RangePart part;
    if (unread == null) {
      part = new RangePart(keyValues, new RangePart.End(storeRevision, false, total));
    } else if (total == limit) {
      long count = total + view.count(unread, revision);
      part = new RangePart(keyValues, new RangePart.End(storeRevision, true, count));
    } else {
      part = new RangePart(keyValues, null);
      rest = unread;
    }
    keysRead = total;
    adapt(keyValues);
    return part;
  }

  private void adapt(List<KeyValue> keyValues) {
    long bytes = 0;
    for (KeyValue each : keyValues) {
      bytes += each.encoded().length;
    }
    if (bytes < partBytes / 2) {
      keysPerPart = Math.min(2 * keysPerPart, MAX_KEYS);
    } else if (bytes >= 2 * partBytes) {
      keysPerPart = Math.max(1, keysPerPart / 2);
    }
  }
}
