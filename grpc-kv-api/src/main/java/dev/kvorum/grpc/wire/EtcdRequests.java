package dev.kvorum.grpc.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.Op;
import dev.kvorum.store.WatchRequest;

/** The port's requests as messages to an etcd; {@link KvRequests} is the way back. */
public final class EtcdRequests {
  private EtcdRequests() {}

  /** Reads keys. */
  public static RangeRequest range(dev.kvorum.store.RangeRequest request) {
    return RangeRequest.newBuilder()
        .setKey(bytes(request.range().key()))
        .setRangeEnd(bytes(request.range().rangeEnd()))
        .setLimit(request.limit())
        .setRevision(request.revision())
        .setSortOrder(
            switch (request.sortOrder()) {
              case NONE -> RangeRequest.SortOrder.NONE;
              case ASCEND -> RangeRequest.SortOrder.ASCEND;
              case DESCEND -> RangeRequest.SortOrder.DESCEND;
            })
        .setSortTarget(
            switch (request.sortTarget()) {
              case KEY -> RangeRequest.SortTarget.KEY;
              case VERSION -> RangeRequest.SortTarget.VERSION;
              case CREATE -> RangeRequest.SortTarget.CREATE;
              case MOD -> RangeRequest.SortTarget.MOD;
              case VALUE -> RangeRequest.SortTarget.VALUE;
            })
        .setSerializable(request.serializable())
        .setKeysOnly(request.keysOnly())
        .setCountOnly(request.countOnly())
        .setMinModRevision(request.minModRevision())
        .setMaxModRevision(request.maxModRevision())
        .setMinCreateRevision(request.minCreateRevision())
        .setMaxCreateRevision(request.maxCreateRevision())
        .build();
  }

  /** Writes a key. */
  public static PutRequest put(dev.kvorum.store.PutRequest request) {
    return PutRequest.newBuilder()
        .setKey(bytes(request.key()))
        .setValue(bytes(request.value()))
        .setLease(request.lease())
        .setPrevKv(request.prevKv())
        .setIgnoreValue(request.ignoreValue())
        .setIgnoreLease(request.ignoreLease())
        .build();
  }

  /** Deletes keys. */
  public static DeleteRangeRequest delete(DeleteRequest request) {
    return DeleteRangeRequest.newBuilder()
        .setKey(bytes(request.range().key()))
        .setRangeEnd(bytes(request.range().rangeEnd()))
        .setPrevKv(request.prevKv())
        .build();
  }

  /** Decides and runs a branch. */
  public static TxnRequest txn(dev.kvorum.store.TxnRequest request) {
    TxnRequest.Builder message = TxnRequest.newBuilder();
    request.compares().forEach(compare -> message.addCompare(compare(compare)));
    request.success().forEach(op -> message.addSuccess(op(op)));
    request.failure().forEach(op -> message.addFailure(op(op)));
    return message.build();
  }

  /** Begins to watch. */
  public static WatchCreateRequest watch(long watchId, WatchRequest request) {
    WatchCreateRequest.Builder message = WatchCreateRequest.newBuilder()
        .setKey(bytes(request.range().key()))
        .setRangeEnd(bytes(request.range().rangeEnd()))
        .setStartRevision(request.startRevision())
        .setPrevKv(request.prevKv())
        .setProgressNotify(request.progressNotify())
        .setFragment(request.fragment())
        .setWatchId(watchId);
    if (request.noPut()) {
      message.addFilters(WatchCreateRequest.FilterType.NOPUT);
    }
    if (request.noDelete()) {
      message.addFilters(WatchCreateRequest.FilterType.NODELETE);
    }
    return message.build();
  }

  private static RequestOp op(Op op) {
    RequestOp.Builder message = RequestOp.newBuilder();
    switch (op) {
      case dev.kvorum.store.RangeRequest range -> message.setRequestRange(range(range));
      case dev.kvorum.store.PutRequest put -> message.setRequestPut(put(put));
      case DeleteRequest delete -> message.setRequestDeleteRange(delete(delete));
      case dev.kvorum.store.TxnRequest txn -> message.setRequestTxn(txn(txn));
    }
    return message.build();
  }

  private static Compare compare(dev.kvorum.store.Compare compare) {
    Compare.Builder message = Compare.newBuilder()
        .setKey(bytes(compare.range().key()))
        .setRangeEnd(bytes(compare.range().rangeEnd()))
        .setResult(
            switch (compare.relation()) {
              case EQUAL -> Compare.CompareResult.EQUAL;
              case GREATER -> Compare.CompareResult.GREATER;
              case LESS -> Compare.CompareResult.LESS;
              case NOT_EQUAL -> Compare.CompareResult.NOT_EQUAL;
            });
    switch (compare.target()) {
      case VERSION -> message.setTarget(Compare.CompareTarget.VERSION).setVersion(compare.number());
      case CREATE ->
        message.setTarget(Compare.CompareTarget.CREATE).setCreateRevision(compare.number());
      case MOD -> message.setTarget(Compare.CompareTarget.MOD).setModRevision(compare.number());
      case VALUE -> message.setTarget(Compare.CompareTarget.VALUE).setValue(bytes(compare.value()));
      case LEASE -> message.setTarget(Compare.CompareTarget.LEASE).setLease(compare.number());
    }
    return message.build();
  }

  private static ByteString bytes(Bytes bytes) {
    return UnsafeByteOperations.unsafeWrap(bytes.sharedArray());
  }
}
