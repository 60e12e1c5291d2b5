package dev.kvorum.grpc.wire;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Compare;
import dev.kvorum.store.Compare.Relation;
import dev.kvorum.store.Compare.Target;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Op;
import dev.kvorum.store.TxnRequest;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code etcdserverpb.TxnRequest}, nested ones included, and checks each part in etcd's order. */
final class TxnRequests {
  private static final int COMPARE = 1 << 3 | 2;
  private static final int SUCCESS = 2 << 3 | 2;
  private static final int FAILURE = 3 << 3 | 2;

  /** Keeps the stack small. Every level holds at least one operation, so that this is far above any sensible limit. */
  private static final int MAX_DEPTH = 500;

  private static final Target[] TARGETS = Target.values();
  private static final Relation[] RELATIONS = Relation.values();

  private TxnRequests() {}

  /**
   * Reads a transaction.
   *
   * @param budget how many guards, or operations in a branch, it may have; what its largest part leaves of it is the
   *     budget of the transactions nested in it
   */
  static TxnRequest read(WireReader reader, int budget, int depth)
      throws MalformedMessage, InvalidRequest {
    int largestPart = largestPart(reader);
    if (largestPart > budget || depth > MAX_DEPTH) {
      throw InvalidRequest.tooManyOperations();
    }
    int nestedBudget = budget - largestPart;
    List<Compare> compares = new ArrayList<>();
    List<Op> success = new ArrayList<>();
    List<Op> failure = new ArrayList<>();
    for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
      switch (tag) {
        case COMPARE -> {
          int outerEnd = reader.enter();
          compares.add(compare(reader));
          reader.leave(outerEnd);
        }
        case SUCCESS, FAILURE -> {
          int outerEnd = reader.enter();
          (tag == SUCCESS ? success : failure).add(op(reader, nestedBudget, depth));
          reader.leave(outerEnd);
        }
        default -> reader.skip(tag);
      }
    }
    return new TxnRequest(compares, success, failure);
  }

  /** Counts before anything is read: etcd's answer to too many operations comes before its answer to a bad one. */
  private static int largestPart(WireReader reader) throws MalformedMessage {
    int start = reader.position();
    int compares = 0;
    int success = 0;
    int failure = 0;
    for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
      switch (tag) {
        case COMPARE -> compares++;
        case SUCCESS -> success++;
        case FAILURE -> failure++;
        default -> {
          // not counted
        }
      }
      reader.skip(tag);
    }
    reader.rewind(start);
    return Math.max(compares, Math.max(success, failure));
  }

  private static Op op(WireReader reader, int nestedBudget, int depth)
      throws MalformedMessage, InvalidRequest {
    Op op = null;
    for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
      if (tag < (1 << 3 | 2) || tag > (4 << 3 | 2) || (tag & 7) != 2) {
        reader.skip(tag);
        continue;
      }
      int outerEnd = reader.enter();
      op = switch (tag >>> 3) {
        case 1 -> KvRequests.range(reader);
        case 2 -> KvRequests.put(reader);
        case 3 -> KvRequests.delete(reader);
        default -> read(reader, nestedBudget, depth + 1);
      };
      reader.leave(outerEnd);
    }
    if (op == null) {
      throw new InvalidRequest(
          "etcdserver: key not found"); // etcd's answer to an operation without a request
    }
    return op;
  }

  /**
   * An operand of another kind than the target counts as 0 or as empty, as in etcd. An unknown target or relation is
   * refused; etcd takes such a guard for true, which would run a branch that nobody meant.
   */
  private static Compare compare(WireReader reader) throws MalformedMessage, InvalidRequest {
    int relation = 0;
    int target = 0;
    Bytes key = Bytes.EMPTY;
    Bytes rangeEnd = Bytes.EMPTY;
    Target operand = null;
    long number = 0;
    Bytes value = Bytes.EMPTY;
    for (int tag = reader.tag(); tag != 0; tag = reader.tag()) {
      switch (tag) {
        case 1 << 3 -> relation = reader.number();
        case 2 << 3 -> target = reader.number();
        case 3 << 3 | 2 -> key = reader.bytes();
        case 4 << 3, 5 << 3, 6 << 3, 8 << 3 -> {
          operand = operandTarget(tag >>> 3);
          number = reader.varint();
        }
        case 7 << 3 | 2 -> {
          operand = Target.VALUE;
          value = reader.bytes();
        }
        case 64 << 3 | 2 -> rangeEnd = reader.bytes();
        default -> reader.skip(tag);
      }
    }
    if (key.isEmpty()) {
      throw InvalidRequest.emptyKey();
    }
    if (relation < 0 || relation >= RELATIONS.length || target < 0 || target >= TARGETS.length) {
      throw new InvalidRequest("etcdserver: invalid compare option");
    }
    Target compared = TARGETS[target];
    return new Compare(
        new KeyRange(key, rangeEnd),
        compared,
        RELATIONS[relation],
        operand == compared && compared != Target.VALUE ? number : 0,
        operand == compared && compared == Target.VALUE ? value : Bytes.EMPTY);
  }

  private static Target operandTarget(int field) {
    return switch (field) {
      case 4 -> Target.VERSION;
      case 5 -> Target.CREATE;
      case 6 -> Target.MOD;
      default -> Target.LEASE;
    };
  }
}
