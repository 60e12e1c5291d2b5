package dev.kvorum.grpc.wire;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeRequest.SortOrder;
import dev.kvorum.store.RangeRequest.SortTarget;
import dev.kvorum.store.TxnRequest;

/**
 * Reads the requests of the KV service and checks what can be checked without the store, with etcd's words for what is
 * refused. The values that come out share the array that went in, which must not be changed afterwards.
 */
public final class KvRequests {
  private static final SortOrder[] SORT_ORDERS = SortOrder.values();
  private static final SortTarget[] SORT_TARGETS = SortTarget.values();

  private final int maxTxnOps;

  /** Reads requests whose transactions may have {@code maxTxnOps} guards, or operations in a branch. */
  public KvRequests(int maxTxnOps) {
    this.maxTxnOps = maxTxnOps;
  }

  /** An {@code etcdserverpb.RangeRequest}. */
  public RangeRequest range(byte[] message) throws MalformedMessage, InvalidRequest {
    return range(new WireReader(message));
  }

  /**
   * An {@code etcdserverpb.RangeRequest} for a stream, which comes in key order. Without an order a target is ignored:
   * an etcd sorts each message by it, and then goes on behind the last key of the message, which leaves keys out.
   */
  public RangeRequest rangeStream(byte[] message)
      throws MalformedMessage, InvalidRequest, UnsupportedRequest {
    RangeRequest range = range(new WireReader(message));
    boolean keyOrder = range.sortOrder() == SortOrder.NONE
        || (range.sortOrder() == SortOrder.ASCEND && range.sortTarget() == SortTarget.KEY);
    if (!keyOrder) {
      throw new UnsupportedRequest("RangeStream does not support custom sort orders");
    }
    if (range.hasRevisionFilter()) {
      throw new UnsupportedRequest("RangeStream does not support revision filters");
    }
    return range;
  }

  /** An {@code etcdserverpb.PutRequest}. */
  public PutRequest put(byte[] message) throws MalformedMessage, InvalidRequest {
    return put(new WireReader(message));
  }

  /** An {@code etcdserverpb.DeleteRangeRequest}. */
  public DeleteRequest delete(byte[] message) throws MalformedMessage, InvalidRequest {
    return delete(new WireReader(message));
  }

  /** An {@code etcdserverpb.TxnRequest}. */
  public TxnRequest txn(byte[] message) throws MalformedMessage, InvalidRequest {
    TxnRequest txn = TxnRequests.read(new WireReader(message), maxTxnOps, 0);
    DuplicateKeys.refuse(txn);
    return txn;
  }

  static RangeRequest range(WireReader reader) throws MalformedMessage, InvalidRequest {
    Bytes key = Bytes.EMPTY;
    Bytes rangeEnd = Bytes.EMPTY;
    long limit = 0;
    long revision = 0;
    int sortOrder = 0;
    int sortTarget = 0;
    boolean serializable = false;
    boolean keysOnly = false;
    boolean countOnly = false;
    long minModRevision = 0;
    long maxModRevision = 0;
    long minCreateRevision = 0;
    long maxCreateRevision = 0;
    for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
      switch (tag) {
        case 1 << 3 | 2 -> key = reader.bytes();
        case 2 << 3 | 2 -> rangeEnd = reader.bytes();
        case 3 << 3 -> limit = reader.varint();
        case 4 << 3 -> revision = reader.varint();
        case 5 << 3 -> sortOrder = reader.number();
        case 6 << 3 -> sortTarget = reader.number();
        case 7 << 3 -> serializable = reader.bool();
        case 8 << 3 -> keysOnly = reader.bool();
        case 9 << 3 -> countOnly = reader.bool();
        case 10 << 3 -> minModRevision = reader.varint();
        case 11 << 3 -> maxModRevision = reader.varint();
        case 12 << 3 -> minCreateRevision = reader.varint();
        case 13 << 3 -> maxCreateRevision = reader.varint();
        default -> reader.skip(tag);
      }
    }
    if (key.isEmpty()) {
      throw InvalidRequest.emptyKey();
    }
    if (sortOrder < 0
        || sortOrder >= SORT_ORDERS.length
        || sortTarget < 0
        || sortTarget >= SORT_TARGETS.length) {
      throw new InvalidRequest("etcdserver: invalid sort option");
    }
    return new RangeRequest(
        new KeyRange(key, rangeEnd),
        revision,
        limit,
        SORT_ORDERS[sortOrder],
        SORT_TARGETS[sortTarget],
        serializable,
        keysOnly,
        countOnly,
        minModRevision,
        maxModRevision,
        minCreateRevision,
        maxCreateRevision);
  }

  static PutRequest put(WireReader reader) throws MalformedMessage, InvalidRequest {
    Bytes key = Bytes.EMPTY;
    Bytes value = Bytes.EMPTY;
    long lease = 0;
    boolean prevKv = false;
    boolean ignoreValue = false;
    boolean ignoreLease = false;
    for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
      switch (tag) {
        case 1 << 3 | 2 -> key = reader.bytes();
        case 2 << 3 | 2 -> value = reader.bytes();
        case 3 << 3 -> lease = reader.varint();
        case 4 << 3 -> prevKv = reader.bool();
        case 5 << 3 -> ignoreValue = reader.bool();
        case 6 << 3 -> ignoreLease = reader.bool();
        default -> reader.skip(tag);
      }
    }
    if (key.isEmpty()) {
      throw InvalidRequest.emptyKey();
    }
    if (ignoreValue && !value.isEmpty()) {
      throw new InvalidRequest("etcdserver: value is provided");
    }
    if (ignoreLease && lease != 0) {
      throw new InvalidRequest("etcdserver: lease is provided");
    }
    return new PutRequest(key, value, lease, prevKv, ignoreValue, ignoreLease);
  }

  static DeleteRequest delete(WireReader reader) throws MalformedMessage, InvalidRequest {
    Bytes key = Bytes.EMPTY;
    Bytes rangeEnd = Bytes.EMPTY;
    boolean prevKv = false;
    for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
      switch (tag) {
        case 1 << 3 | 2 -> key = reader.bytes();
        case 2 << 3 | 2 -> rangeEnd = reader.bytes();
        case 3 << 3 -> prevKv = reader.bool();
        default -> reader.skip(tag);
      }
    }
    if (key.isEmpty()) {
      throw InvalidRequest.emptyKey();
    }
    return new DeleteRequest(new KeyRange(key, rangeEnd), prevKv);
  }
}
