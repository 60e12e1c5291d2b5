package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.CompactionResponse;
import dev.kvorum.proto.etcd.DeleteRangeResponse;
import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.KeyValue;
import dev.kvorum.proto.etcd.LeaseGrantResponse;
import dev.kvorum.proto.etcd.LeaseRevokeResponse;
import dev.kvorum.proto.etcd.LeaseTimeToLiveResponse;
import dev.kvorum.proto.etcd.PutResponse;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.proto.etcd.ResponseOp;
import dev.kvorum.proto.etcd.TxnResponse;
import dev.kvorum.proto.etcd.WatchResponse;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Answers in one line, complete but for what a table cannot know: fields at zero are left out, a key is {@code
 * key(cCREATE mMOD vVERSION =VALUE Llease)}, a lease's remaining time is {@code alive}.
 */
final class Notation {
  private Notation() {}

  static String of(Answer answer) {
    return switch (answer) {
      case Answer.Reply reply -> of(reply.message());
      case Answer.Failure failure -> failure.toString();
      case Answer.Json json -> of(json.plain());
    };
  }

  private static String of(Message message) {
    return switch (message) {
      case RangeResponse range -> header(range.getHeader()) + range(range);
      case PutResponse put -> header(put.getHeader()) + put(put);
      case DeleteRangeResponse delete -> header(delete.getHeader()) + delete(delete);
      case TxnResponse txn -> header(txn.getHeader()) + txn(txn);
      case CompactionResponse compaction -> header(compaction.getHeader());
      case LeaseGrantResponse grant ->
        header(grant.getHeader()) + " TTL=" + grant.getTTL() + " ID=" + grant.getID()
            + grant.getError();
      case LeaseRevokeResponse revoke -> header(revoke.getHeader());
      case LeaseTimeToLiveResponse left -> header(left.getHeader()) + timeToLive(left);
      default -> Text.of(message);
    };
  }

  private static String header(ResponseHeader header) {
    boolean complete =
        header.getClusterId() != 0 && header.getMemberId() != 0 && header.getRaftTerm() != 0;
    return "rev=" + header.getRevision() + (complete ? "" : " INCOMPLETE HEADER");
  }

  private static String range(RangeResponse range) {
    return (range.getCount() == 0 ? "" : " count=" + range.getCount())
        + (range.getMore() ? " more" : "")
        + " kvs=" + keys(range.getKvsList());
  }

  private static String put(PutResponse put) {
    return put.hasPrevKv() ? " prev=" + key(put.getPrevKv()) : "";
  }

  private static String delete(DeleteRangeResponse delete) {
    return (delete.getDeleted() == 0 ? "" : " deleted=" + delete.getDeleted())
        + (delete.getPrevKvsCount() == 0 ? "" : " prev=" + keys(delete.getPrevKvsList()));
  }

  private static String txn(TxnResponse txn) {
    return " succeeded=" + txn.getSucceeded() + " responses="
        + txn.getResponsesList().stream()
            .map(Notation::of)
            .collect(Collectors.joining(", ", "[", "]"));
  }

  private static String of(ResponseOp response) {
    return switch (response.getResponseCase()) {
      case RESPONSE_RANGE ->
        "range(" + nested(response.getResponseRange().getHeader())
            + range(response.getResponseRange()) + ")";
      case RESPONSE_PUT ->
        "put(" + nested(response.getResponsePut().getHeader()) + put(response.getResponsePut())
            + ")";
      case RESPONSE_DELETE_RANGE ->
        "delete("
            + nested(response.getResponseDeleteRange().getHeader())
            + delete(response.getResponseDeleteRange()) + ")";
      case RESPONSE_TXN ->
        "txn("
            + (response.getResponseTxn().hasHeader() ? "" : "NO HEADER ")
            + nested(response.getResponseTxn().getHeader()) + txn(response.getResponseTxn()) + ")";
      case RESPONSE_NOT_SET -> "NOTHING";
    };
  }

  /** Only the revision is there. */
  private static String nested(ResponseHeader header) {
    boolean bare =
        header.getClusterId() == 0 && header.getMemberId() == 0 && header.getRaftTerm() == 0;
    return "rev=" + header.getRevision() + (bare ? "" : " FULL HEADER");
  }

  private static String timeToLive(LeaseTimeToLiveResponse left) {
    boolean alive = left.getTTL() > 0 && left.getTTL() <= left.getGrantedTTL();
    return " TTL=" + (alive ? "alive" : left.getTTL()) + " ID=" + left.getID() + " granted="
        + left.getGrantedTTL() + " keys="
        + left.getKeysList().stream().sorted(Keys.ORDER).map(Text::of).toList();
  }

  private static String keys(List<KeyValue> keys) {
    return keys.stream().map(Notation::key).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String key(KeyValue key) {
    return Text.of(key.getKey()) + "(c" + key.getCreateRevision() + " m" + key.getModRevision()
        + " v" + key.getVersion() + " =" + Text.of(key.getValue())
        + (key.getLease() == 0 ? "" : " L" + key.getLease()) + ")";
  }

  static String of(Event event) {
    return (event.getType() == Event.EventType.PUT ? "put " : "delete ")
        + key(event.getKv())
        + (event.hasPrevKv() ? " prev " + key(event.getPrevKv()) : "");
  }

  /** A message of a watch stream that has no events. */
  static String control(WatchResponse response) {
    return "id " + response.getWatchId() + " rev=" + response.getHeader().getRevision()
        + (response.getHeader().getMemberId() == 0 ? " INCOMPLETE HEADER" : "")
        + (response.getCreated() ? " created" : "")
        + (response.getCanceled() ? " canceled" : "")
        + (response.getCompactRevision() == 0 ? "" : " compacted=" + response.getCompactRevision())
        + (response.getCancelReason().isEmpty() ? "" : " \"" + response.getCancelReason() + '"');
  }
}
