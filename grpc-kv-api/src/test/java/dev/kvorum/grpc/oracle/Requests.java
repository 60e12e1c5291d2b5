package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/** Random requests of the KV service: mostly meaningful, now and then wrong in every way a client can be. */
final class Requests {
  private static final int DEEPEST = 3;
  private static final int TOO_MANY_OPS = 129;
  private static final List<String> VALUES = List.of("", "x", "y", "value", "value2");

  private final Random random;
  private final List<ByteString> keys;
  private final LongSupplier leases;

  Requests(Random random, List<ByteString> keys, LongSupplier leases) {
    this.random = random;
    this.keys = keys;
    this.leases = leases;
  }

  ByteString key() {
    return keys.get(random.nextInt(keys.size()));
  }

  ByteString keyOrEmpty() {
    return chance(2) ? ByteString.EMPTY : key();
  }

  ByteString rangeEnd(ByteString key) {
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> ByteString.EMPTY;
      case 4 -> Keys.ZERO;
      case 5, 6 -> Keys.prefixEnd(key);
      case 7 -> key.concat(Keys.ZERO);
      default -> key();
    };
  }

  /** A revision to read at. */
  long revision() {
    return switch (random.nextInt(16)) {
      case 0 -> Symbols.compacted(random.nextInt(4) - 2);
      case 1 -> Symbols.current(1 + random.nextInt(2));
      case 2 -> -1;
      case 3 -> chance(50) ? Long.MIN_VALUE : Long.MAX_VALUE;
      case 4 -> Symbols.current(0);
      case 5 -> 1;
      case 6, 7, 8, 9 -> Symbols.current(-random.nextInt(50));
      default -> 0;
    };
  }

  RangeRequest range(boolean inTxn) {
    RangeRequest.Builder range = RangeRequest.newBuilder();
    ByteString key = chance(15) ? Keys.ZERO : keyOrEmpty();
    range.setKey(key).setRangeEnd(rangeEnd(key));
    if (chance(inTxn ? 15 : 40)) {
      range.setRevision(revision());
    }
    if (chance(30)) {
      range.setLimit(
          switch (random.nextInt(8)) {
            case 0 -> -1;
            case 1 -> Long.MAX_VALUE;
            case 2 -> 100;
            case 3 -> 1 + random.nextInt(keys.size());
            default -> 1 + random.nextInt(4);
          });
    }
    if (chance(30)) {
      range.setSortOrderValue(chance(3) ? 3 : random.nextInt(3));
      range.setSortTargetValue(chance(3) ? 5 : random.nextInt(5));
    }
    range.setSerializable(chance(30)).setKeysOnly(chance(15)).setCountOnly(chance(12));
    if (chance(20)) {
      switch (random.nextInt(4)) {
        case 0 -> range.setMinModRevision(bound());
        case 1 -> range.setMaxModRevision(bound());
        case 2 -> range.setMinCreateRevision(bound());
        default -> range.setMaxCreateRevision(bound()).setMinModRevision(bound());
      }
    }
    return range.build();
  }

  /**
   * As a range, but without an order no target either: etcd sorts each message of the stream by it and goes on behind
   * the last key of the message, so that what comes is not the range.
   */
  RangeRequest rangeStream() {
    RangeRequest range = range(false);
    return range.getSortOrder() == RangeRequest.SortOrder.NONE && range.getSortTargetValue() < 5
        ? range.toBuilder().clearSortTarget().build()
        : range;
  }

  private long bound() {
    return chance(10) ? -1 : Symbols.current(-random.nextInt(30));
  }

  PutRequest put() {
    return put(keyOrEmpty());
  }

  private PutRequest put(ByteString key) {
    PutRequest.Builder put = PutRequest.newBuilder().setKey(key).setPrevKv(chance(40));
    boolean ignoreValue = chance(8);
    boolean ignoreLease = chance(8);
    if (!ignoreValue || chance(10)) {
      put.setValue(value());
    }
    if (chance(25) && (!ignoreLease || chance(10))) {
      put.setLease(leases.getAsLong());
    }
    return put.setIgnoreValue(ignoreValue).setIgnoreLease(ignoreLease).build();
  }

  private ByteString value() {
    return chance(5)
        ? ByteString.copyFrom(new byte[random.nextInt(5000)])
        : ByteString.copyFromUtf8(VALUES.get(random.nextInt(VALUES.size())));
  }

  DeleteRangeRequest delete() {
    ByteString key = keyOrEmpty();
    DeleteRangeRequest.Builder delete =
        DeleteRangeRequest.newBuilder().setKey(key).setPrevKv(chance(50));
    // Deleting much too often would leave nothing to look at.
    return delete.setRangeEnd(chance(60) ? ByteString.EMPTY : rangeEnd(key)).build();
  }

  TxnRequest txn() {
    if (chance(2)) {
      return unknownCompare();
    }
    if (chance(2)) {
      return tooManyOps();
    }
    if (chance(2)) {
      return deletesToTheEnd();
    }
    TxnRequest txn = txn(1, new ArrayList<>(keys));
    // One of the servers would run it.
    return DuplicateKeys.missedByEtcd(txn) ? neverTaken(txn) : txn;
  }

  /** The txn, checked but never run. */
  static TxnRequest neverTaken(TxnRequest txn) {
    // Without a comparison, the other branch is taken; a comparison would need a grant for its key.
    return TxnRequest.newBuilder()
        .addFailure(RequestOp.newBuilder().setRequestTxn(txn))
        .build();
  }

  /** Puts of many keys at one revision. */
  TxnRequest manyPuts() {
    List<ByteString> unused = new ArrayList<>(keys);
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = random.nextInt(Math.min(128, unused.size())); i > 0; i--) {
      ByteString key = unused.remove(random.nextInt(unused.size()));
      txn.addSuccess(RequestOp.newBuilder()
          .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value())));
    }
    return txn.build();
  }

  private TxnRequest deletesToTheEnd() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = 0; i < 2; i++) {
      DeleteRangeRequest delete = delete().toBuilder().setRangeEnd(Keys.ZERO).build();
      txn.addSuccess(RequestOp.newBuilder().setRequestDeleteRange(delete));
      txn.addSuccess(RequestOp.newBuilder().setRequestRange(range(true)));
    }
    return txn.build();
  }

  /**
   * A txn.
   *
   * @param unused keys that no put of the txn has yet; puts take theirs from here most of the time, because a txn that
   *     puts a key twice is refused as a whole
   */
  private TxnRequest txn(int depth, List<ByteString> unused) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    for (int i = random.nextInt(3); i > 0; i--) {
      txn.addCompare(compare());
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addSuccess(op(depth, unused));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      txn.addFailure(op(depth, unused));
    }
    return txn.build();
  }

  private RequestOp op(int depth, List<ByteString> unused) {
    RequestOp.Builder op = RequestOp.newBuilder();
    int dice = random.nextInt(100);
    if (dice < 1) {
      return op.build();
    } else if (dice < 45) {
      boolean fresh = !unused.isEmpty() && !chance(3);
      ByteString key = fresh ? unused.remove(random.nextInt(unused.size())) : keyOrEmpty();
      return op.setRequestPut(put(key)).build();
    } else if (dice < 75) {
      return op.setRequestRange(range(true)).build();
    } else if (dice < 88 || depth == DEEPEST) {
      return op.setRequestDeleteRange(deleteBeside(unused)).build();
    } else {
      return op.setRequestTxn(txn(depth + 1, unused)).build();
    }
  }

  /** A delete in a txn: a range would hit a put of the same txn nearly always, so mostly of one key. */
  private DeleteRangeRequest deleteBeside(List<ByteString> unused) {
    if (unused.isEmpty() || chance(15)) {
      return delete();
    }
    ByteString key = unused.remove(random.nextInt(unused.size()));
    ByteString end = chance(20) ? key.concat(Keys.ZERO) : ByteString.EMPTY;
    return DeleteRangeRequest.newBuilder()
        .setKey(key)
        .setRangeEnd(end)
        .setPrevKv(chance(50))
        .build();
  }

  private Compare compare() {
    Compare.Builder compare = Compare.newBuilder();
    ByteString key = keyOrEmpty();
    compare.setKey(key);
    if (chance(25)) {
      compare.setRangeEnd(rangeEnd(key));
    }
    compare.setResultValue(random.nextInt(4));
    int target = random.nextInt(5);
    compare.setTargetValue(target);
    int union = chance(5) ? random.nextInt(6) : target;
    switch (union) {
      case 0 -> compare.setVersion(random.nextInt(4));
      case 1 -> compare.setCreateRevision(chance(40) ? 0 : Symbols.current(-random.nextInt(20)));
      case 2 -> compare.setModRevision(chance(40) ? 0 : Symbols.current(-random.nextInt(10)));
      case 3 -> compare.setValue(value());
      case 4 -> {
        long lease = chance(40) ? 0 : leases.getAsLong();
        compare.setLease(lease);
        if (Symbols.isLease(lease)) {
          // Ids that servers choose have no order that two servers share.
          compare.setResultValue(
              chance(50)
                  ? Compare.CompareResult.EQUAL_VALUE
                  : Compare.CompareResult.NOT_EQUAL_VALUE);
        }
      }
      default -> {} // no union
    }
    return compare.build();
  }

  /** Reads only, because one of the servers runs it. */
  private TxnRequest unknownCompare() {
    Compare.Builder compare = Compare.newBuilder().setKey(key());
    if (chance(50)) {
      compare.setResultValue(4 + random.nextInt(3));
    } else {
      compare.setTargetValue(5 + random.nextInt(3));
    }
    return TxnRequest.newBuilder()
        .addCompare(compare)
        .addSuccess(RequestOp.newBuilder().setRequestRange(range(true)))
        .build();
  }

  private TxnRequest tooManyOps() {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    int count = TOO_MANY_OPS - random.nextInt(2);
    int where = random.nextInt(3);
    RequestOp get = RequestOp.newBuilder()
        .setRequestRange(RangeRequest.newBuilder().setKey(key()))
        .build();
    for (int i = 0; i < count; i++) {
      switch (where) {
        case 0 -> txn.addCompare(compare());
        case 1 -> txn.addSuccess(get);
        default -> txn.addFailure(get);
      }
    }
    return txn.build();
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
