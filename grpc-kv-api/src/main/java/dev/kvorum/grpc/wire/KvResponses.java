package dev.kvorum.grpc.wire;

import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.OpResult;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangePart;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreIdentity;
import dev.kvorum.store.TxnResult;
import java.util.List;

/** Writes the responses of the KV service, with key-values in their stored form. Thread-safe. */
public final class KvResponses {
  private static final int STREAM_RANGE_RESPONSE = 1;
  private static final int RANGE_KVS = 2;
  private static final int RANGE_MORE = 3;
  private static final int RANGE_COUNT = 4;
  private static final int PUT_PREV_KV = 2;
  private static final int DELETE_DELETED = 2;
  private static final int DELETE_PREV_KVS = 3;
  private static final int TXN_SUCCEEDED = 2;
  private static final int TXN_RESPONSES = 3;

  private final HeaderEncoder header;

  /** Writes responses of the member {@code identity}. */
  public KvResponses(StoreIdentity identity) {
    this.header = new HeaderEncoder(identity);
  }

  /** An {@code etcdserverpb.RangeResponse}. */
  public Splice range(RangeResult result, long term) {
    int kvs = result.keyValues().size();
    Splice.Builder target = new Splice.Builder(header.maxSize() + 13 + 5 * kvs, kvs);
    header.write(target, result.revision(), term);
    writeBody(target, result);
    return target.build();
  }

  /** An {@code etcdserverpb.RangeStreamResponse}; the last one of a stream says what the whole is. */
  public Splice rangePart(RangePart part, long term) {
    int kvs = part.keyValues().size();
    RangePart.End end = part.end();
    long size = keyValuesSize(part.keyValues());
    if (end != null) {
      size += header.fieldSize(end.revision(), term)
          + WireSize.flag(end.more())
          + WireSize.number(end.count());
    }
    Splice.Builder target = new Splice.Builder(10 + header.maxSize() + 13 + 5 * kvs, kvs);
    target.delimited(STREAM_RANGE_RESPONSE, WireSize.inOneMessage(size));
    if (end != null) {
      header.write(target, end.revision(), term);
    }
    writeKeyValues(target, RANGE_KVS, part.keyValues());
    if (end != null) {
      target.flag(RANGE_MORE, end.more()).number(RANGE_COUNT, end.count());
    }
    return target.build();
  }

  /** An {@code etcdserverpb.PutResponse}. */
  public Splice put(PutResult result, long term) {
    Splice.Builder target = new Splice.Builder(header.maxSize() + 6, 1);
    header.write(target, result.revision(), term);
    writeBody(target, result);
    return target.build();
  }

  /** An {@code etcdserverpb.DeleteRangeResponse}. */
  public Splice delete(DeleteResult result, long term) {
    Splice.Builder target = new Splice.Builder(
        header.maxSize() + 11 + 5 * result.prevKvs().size(), result.prevKvs().size());
    header.write(target, result.revision(), term);
    writeBody(target, result);
    return target.build();
  }

  /** An {@code etcdserverpb.TxnResponse}. */
  public Splice txn(TxnResult result, long term) {
    Splice.Builder target =
        new Splice.Builder(header.maxSize() + 2 + 24 * result.results().size(), 4);
    header.write(target, result.revision(), term);
    writeBody(target, result);
    return target.build();
  }

  /** Any response that consists of a header, such as {@code etcdserverpb.CompactionResponse}. */
  public Splice headerOnly(long revision, long term) {
    Splice.Builder target = new Splice.Builder(header.maxSize(), 0);
    header.write(target, revision, term);
    return target.build();
  }

  private static void writeBody(Splice.Builder target, OpResult result) {
    switch (result) {
      case RangeResult range -> {
        writeKeyValues(target, RANGE_KVS, range.keyValues());
        target.flag(RANGE_MORE, range.more()).number(RANGE_COUNT, range.count());
      }
      case PutResult put -> {
        KeyValue prevKv = put.prevKv();
        if (prevKv != null) {
          writeKeyValue(target, PUT_PREV_KV, prevKv);
        }
      }
      case DeleteResult delete -> {
        target.number(DELETE_DELETED, delete.deleted());
        writeKeyValues(target, DELETE_PREV_KVS, delete.prevKvs());
      }
      case TxnResult txn -> {
        target.flag(TXN_SUCCEEDED, txn.succeeded());
        for (OpResult each : txn.results()) {
          long responseSize = nestedSize(each);
          target.delimited(TXN_RESPONSES, WireSize.inOneMessage(WireSize.delimited(responseSize)));
          target.delimited(responseField(each), WireSize.inOneMessage(responseSize));
          HeaderEncoder.writeNested(target, nestedRevision(each));
          writeBody(target, each);
        }
      }
    }
  }

  /** Which field of {@code etcdserverpb.ResponseOp} holds the response. */
  private static int responseField(OpResult result) {
    return switch (result) {
      case RangeResult unused -> 1;
      case PutResult unused -> 2;
      case DeleteResult unused -> 3;
      case TxnResult unused -> 4;
    };
  }

  private static long nestedRevision(OpResult result) {
    return switch (result) {
      case RangeResult range -> range.revision();
      case PutResult put -> put.revision();
      case DeleteResult delete -> delete.revision();
      case TxnResult unused -> 0;
    };
  }

  private static long nestedSize(OpResult result) {
    return HeaderEncoder.nestedFieldSize(nestedRevision(result)) + bodySize(result);
  }

  private static long bodySize(OpResult result) {
    return switch (result) {
      case RangeResult range ->
        keyValuesSize(range.keyValues())
            + WireSize.flag(range.more())
            + WireSize.number(range.count());
      case PutResult put -> {
        KeyValue prevKv = put.prevKv();
        yield prevKv == null ? 0 : WireSize.delimited(prevKv.encoded().length);
      }
      case DeleteResult delete ->
        WireSize.number(delete.deleted()) + keyValuesSize(delete.prevKvs());
      case TxnResult txn -> {
        long size = WireSize.flag(txn.succeeded());
        for (OpResult each : txn.results()) {
          size += WireSize.delimited(WireSize.delimited(nestedSize(each)));
        }
        yield size;
      }
    };
  }

  private static long keyValuesSize(List<KeyValue> keyValues) {
    long size = 0;
    for (int i = 0; i < keyValues.size(); i++) {
      size += WireSize.delimited(keyValues.get(i).encoded().length);
    }
    return size;
  }

  private static void writeKeyValues(Splice.Builder target, int field, List<KeyValue> keyValues) {
    for (int i = 0; i < keyValues.size(); i++) {
      writeKeyValue(target, field, keyValues.get(i));
    }
  }

  private static void writeKeyValue(Splice.Builder target, int field, KeyValue keyValue) {
    target.delimited(field, keyValue.encoded().length).piece(keyValue.encoded());
  }
}
