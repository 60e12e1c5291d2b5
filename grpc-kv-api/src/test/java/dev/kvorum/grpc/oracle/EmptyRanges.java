package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import io.grpc.Status;
import java.util.List;

/**
 * Ranges that hold no key because they end at or before their first one.
 *
 * <p>Whether a user may ask for one is decided by its first key here. etcd looks through the user's grants as if the range
 * held keys, and finds the grant with that key or passes it by, depending on which other grants there are.
 */
final class EmptyRanges {
  private static final Answer DENIED =
      new Answer.Failure(Status.Code.PERMISSION_DENIED, "etcdserver: permission denied");

  private final Duel duel;

  EmptyRanges(Duel duel) {
    this.duel = duel;
  }

  /** Whether etcd refused this for its empty ranges only, and the server under test did not. */
  boolean explain(From from, Message request, Answer oracle, Answer subject) {
    return isIn(request)
        && oracle.equals(DENIED)
        && !subject.equals(DENIED)
        && isGranted(from, request);
  }

  /** Asks both servers whether the caller may do the same to the first keys of the empty ranges. */
  boolean isGranted(From from, Message request) {
    // Checked as all of a txn is, but not run.
    TxnRequest ask = TxnRequest.newBuilder().addFailure(firstKeys(request)).build();
    Answer answer =
        duel.unary(new From(from.client(), from.who(), false), KVGrpc.getTxnMethod(), ask);
    if (answer instanceof Answer.Reply) {
      duel.known().note(KnownDifferences.Entry.EMPTY_RANGE_REFUSED);
      return true;
    }
    return false;
  }

  /** Whether there is one in {@code request}, at any depth. */
  static boolean isIn(Message request) {
    return switch (request) {
      case RangeRequest range -> isEmpty(range.getKey(), range.getRangeEnd());
      case DeleteRangeRequest delete -> isEmpty(delete.getKey(), delete.getRangeEnd());
      case WatchCreateRequest watch -> isEmpty(watch.getKey(), watch.getRangeEnd());
      case TxnRequest txn ->
        txn.getCompareList().stream()
                .anyMatch(compare -> isEmpty(compare.getKey(), compare.getRangeEnd()))
            || isIn(txn.getSuccessList())
            || isIn(txn.getFailureList());
      default -> false;
    };
  }

  private static boolean isIn(List<RequestOp> ops) {
    return ops.stream().anyMatch(op -> switch (op.getRequestCase()) {
      case REQUEST_RANGE -> isIn(op.getRequestRange());
      case REQUEST_DELETE_RANGE -> isIn(op.getRequestDeleteRange());
      case REQUEST_TXN -> isIn(op.getRequestTxn());
      case REQUEST_PUT, REQUEST_NOT_SET -> false;
    });
  }

  private static boolean isEmpty(ByteString key, ByteString end) {
    return !key.isEmpty()
        && !end.isEmpty()
        && !end.equals(Keys.ZERO)
        && Keys.ORDER.compare(key, end) >= 0;
  }

  /** As an operation of a txn, with its first key in the place of each empty range. */
  private static RequestOp firstKeys(Message request) {
    RequestOp.Builder op = RequestOp.newBuilder();
    return switch (request) {
      case RangeRequest range ->
        op.setRequestRange(
                isIn(range) ? RangeRequest.newBuilder().setKey(range.getKey()).build() : range)
            .build();
      case DeleteRangeRequest delete ->
        op.setRequestDeleteRange(
                isIn(delete) ? delete.toBuilder().clearRangeEnd().build() : delete)
            .build();
      case WatchCreateRequest watch ->
        op.setRequestRange(RangeRequest.newBuilder().setKey(watch.getKey())).build();
      case TxnRequest txn -> {
        TxnRequest.Builder changed = TxnRequest.newBuilder();
        txn.getCompareList().forEach(compare -> changed.addCompare(firstKey(compare)));
        txn.getSuccessList().forEach(each -> changed.addSuccess(firstKeys(each)));
        txn.getFailureList().forEach(each -> changed.addFailure(firstKeys(each)));
        yield op.setRequestTxn(changed).build();
      }
      default -> throw new IllegalArgumentException(Text.of(request));
    };
  }

  private static RequestOp firstKeys(RequestOp op) {
    return switch (op.getRequestCase()) {
      case REQUEST_RANGE -> firstKeys(op.getRequestRange());
      case REQUEST_DELETE_RANGE -> firstKeys(op.getRequestDeleteRange());
      case REQUEST_TXN -> firstKeys(op.getRequestTxn());
      case REQUEST_PUT, REQUEST_NOT_SET -> op;
    };
  }

  private static Compare firstKey(Compare compare) {
    return isEmpty(compare.getKey(), compare.getRangeEnd())
        ? compare.toBuilder().clearRangeEnd().build()
        : compare;
  }
}
