package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.RangeStreamResponse;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.ResponseOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.TxnResponse;
import java.util.List;
import java.util.function.BiFunction;

/** The ranges of a reply, wherever in it they are. */
final class Ranges {
  private Ranges() {}

  /** The reply with each range replaced by what {@code change} makes of it and of its request. */
  static Message map(
      Message request,
      Message reply,
      BiFunction<RangeRequest, RangeResponse, RangeResponse> change) {
    if (request instanceof RangeRequest range && reply instanceof RangeResponse response) {
      return change.apply(range, response);
    }
    if (request instanceof RangeRequest range && reply instanceof RangeStreamResponse response) {
      return response.toBuilder()
          .setRangeResponse(change.apply(range, response.getRangeResponse()))
          .build();
    }
    if (request instanceof TxnRequest txn && reply instanceof TxnResponse response) {
      return map(txn, response, change);
    }
    return reply;
  }

  private static TxnResponse map(
      TxnRequest txn,
      TxnResponse response,
      BiFunction<RangeRequest, RangeResponse, RangeResponse> change) {
    List<RequestOp> ops = response.getSucceeded() ? txn.getSuccessList() : txn.getFailureList();
    TxnResponse.Builder changed = response.toBuilder();
    for (int i = 0; i < Math.min(ops.size(), response.getResponsesCount()); i++) {
      ResponseOp answer = response.getResponses(i);
      if (ops.get(i).hasRequestRange() && answer.hasResponseRange()) {
        RangeResponse range = change.apply(ops.get(i).getRequestRange(), answer.getResponseRange());
        changed.setResponses(i, answer.toBuilder().setResponseRange(range));
      } else if (ops.get(i).hasRequestTxn() && answer.hasResponseTxn()) {
        TxnResponse nested = map(ops.get(i).getRequestTxn(), answer.getResponseTxn(), change);
        changed.setResponses(i, answer.toBuilder().setResponseTxn(nested));
      }
    }
    return changed.build();
  }
}
