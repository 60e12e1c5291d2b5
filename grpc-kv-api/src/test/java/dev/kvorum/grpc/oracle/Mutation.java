package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.DeleteRangeResponse;
import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.LeaseGrantResponse;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import dev.kvorum.proto.etcd.LeaseLeasesResponse;
import dev.kvorum.proto.etcd.LeaseTimeToLiveResponse;
import dev.kvorum.proto.etcd.PutResponse;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.proto.etcd.TxnResponse;
import dev.kvorum.proto.etcd.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One small lie of an otherwise correct server, told once or, where that may not show, again and again: what the comparison
 * must not miss.
 */
enum Mutation {
  RANGE_HEADER_REVISION,
  RANGE_COUNT,
  RANGE_MORE,
  RANGE_ORDER,
  RANGE_VERSION,
  RANGE_LEASE,
  PUT_REVISION,
  PUT_PREV_KV,
  DELETE_COUNT,
  TXN_BRANCH,
  TXN_NESTED_REVISION,
  TXN_MISSING_RESPONSE,
  HEADER_WITHOUT_MEMBER,
  ERROR_TEXT,
  ERROR_CODE,
  LEASE_GRANTED_TTL,
  LEASE_KEEP_ALIVE_TTL,
  LEASE_KEYS,
  LEASE_LIST,
  WATCH_CREATED_REVISION,
  WATCH_CREATED_ID,
  WATCH_REFUSAL_REASON,
  WATCH_COMPACT_REVISION,
  WATCH_CANCELED_REVISION,
  WATCH_EVENT_MISSING,
  WATCH_EVENT_TWICE,
  WATCH_EVENT_VALUE,
  WATCH_EVENT_TYPE,
  WATCH_EVENT_OF_OTHER_KEY,
  WATCH_EVENTS_SWAPPED,
  WATCH_PREV_KV_MISSING,
  WATCH_REVISION_SPLIT,
  WATCH_HEADER_REVISION,
  WATCH_PROGRESS_TOO_EARLY,
  WATCH_PROGRESS_MISSING;

  /** The lie is told when there was opportunity for it this many times before, so that a run is under way. */
  private static final int AFTER = 3;

  /** Tells the lie; see {@link #told}. */
  static final class Liar implements ClientInterceptor {
    private final Mutation mutation;
    private final AtomicInteger chances = new AtomicInteger();

    Liar(Mutation mutation) {
      this.mutation = mutation;
    }

    boolean told() {
      return chances.get() > AFTER;
    }

    private boolean now() {
      int before = chances.getAndIncrement();
      return before == AFTER || (before > AFTER && mutation.isToldAgain());
    }

    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      ClientCall<Q, A> call = next.newCall(method, options);
      return new ForwardingClientCall.SimpleForwardingClientCall<>(call) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          super.start(
              new ForwardingClientCallListener.SimpleForwardingClientCallListener<>(listener) {
                @Override
                public void onMessage(A message) {
                  List<?> instead = mutation.of(message);
                  if (instead.equals(List.of(message)) || !now()) {
                    super.onMessage(message);
                    return;
                  }
                  if (instead.isEmpty()) {
                    call.request(1); // nobody saw the message, so nobody will ask for the next one
                  }
                  for (Object each : instead) {
                    @SuppressWarnings("unchecked") // a mutation keeps the type
                    A typed = (A) each;
                    super.onMessage(typed);
                  }
                }

                @Override
                public void onClose(Status status, Metadata trailers) {
                  Status instead = mutation.of(status);
                  super.onClose(instead.equals(status) || !now() ? status : instead, trailers);
                }
              },
              headers);
        }
      };
    }
  }

  /**
   * What once does not always show. Who misses an answer to a progress request asks again; and a promise that came too early
   * is only broken by events that come after it on the same stream.
   */
  private boolean isToldAgain() {
    return this == WATCH_PROGRESS_MISSING || this == WATCH_PROGRESS_TOO_EARLY;
  }

  private Status of(Status status) {
    if (status.getCode() != Status.Code.OUT_OF_RANGE) {
      return status;
    }
    return switch (this) {
      case ERROR_TEXT -> status.withDescription(status.getDescription() + " ");
      case ERROR_CODE -> Status.INVALID_ARGUMENT.withDescription(status.getDescription());
      default -> status;
    };
  }

  /** What to deliver in place of {@code message}; itself when this mutation has nothing to do with it. */
  private List<?> of(Object message) {
    return switch (message) {
      case RangeResponse range -> List.of(range(range));
      case PutResponse put -> List.of(put(put));
      case DeleteRangeResponse delete ->
        List.of(
            this == DELETE_COUNT && delete.getDeleted() > 0
                ? delete.toBuilder().setDeleted(delete.getDeleted() + 1).build()
                : delete);
      case TxnResponse txn -> List.of(txn(txn));
      case WatchResponse watch ->
        watch.getCreated() || watch.getCanceled()
            ? List.of(control(watch))
            : watch.getEventsCount() == 0 ? progress(watch) : events(watch);
      default -> List.of(lease(message));
    };
  }

  private static ResponseHeader later(ResponseHeader header) {
    return header.toBuilder().setRevision(header.getRevision() + 1).build();
  }

  private RangeResponse range(RangeResponse range) {
    RangeResponse.Builder lie = range.toBuilder();
    if (range.getKvsCount() == 0) {
      return range;
    }
    switch (this) {
      case RANGE_HEADER_REVISION -> lie.setHeader(later(range.getHeader()));
      case RANGE_COUNT -> lie.setCount(range.getCount() + 1);
      case RANGE_MORE -> lie.setMore(!range.getMore());
      case RANGE_ORDER -> {
        int last = range.getKvsCount() - 1;
        lie.setKvs(0, range.getKvs(last)).setKvs(last, range.getKvs(0));
      }
      case RANGE_VERSION -> lie.getKvsBuilder(0).setVersion(range.getKvs(0).getVersion() + 1);
      case RANGE_LEASE -> lie.getKvsBuilder(0).setLease(5);
      default -> {}
    }
    return lie.build();
  }

  private PutResponse put(PutResponse put) {
    return switch (this) {
      case PUT_REVISION -> put.toBuilder().setHeader(later(put.getHeader())).build();
      case PUT_PREV_KV -> put.toBuilder().clearPrevKv().build();
      case HEADER_WITHOUT_MEMBER -> {
        PutResponse.Builder lie = put.toBuilder();
        lie.getHeaderBuilder().clearMemberId();
        yield lie.build();
      }
      default -> put;
    };
  }

  private TxnResponse txn(TxnResponse txn) {
    TxnResponse.Builder lie = txn.toBuilder();
    int last = txn.getResponsesCount() - 1;
    switch (this) {
      case TXN_BRANCH -> lie.setSucceeded(!txn.getSucceeded());
      case TXN_MISSING_RESPONSE -> {
        if (last >= 0) {
          lie.removeResponses(last);
        }
      }
      case TXN_NESTED_REVISION -> {
        if (last >= 0 && txn.getResponses(last).hasResponseRange()) {
          ResponseHeader header = txn.getResponses(last).getResponseRange().getHeader();
          lie.getResponsesBuilder(last).getResponseRangeBuilder().setHeader(later(header));
        }
      }
      default -> {}
    }
    return lie.build();
  }

  private Object lease(Object message) {
    return switch (message) {
      case LeaseGrantResponse grant ->
        this == LEASE_GRANTED_TTL ? grant.toBuilder().setTTL(grant.getTTL() + 1).build() : grant;
      case LeaseKeepAliveResponse alive ->
        this == LEASE_KEEP_ALIVE_TTL
            ? alive.toBuilder().setTTL(alive.getTTL() + 1).build()
            : alive;
      case LeaseTimeToLiveResponse left ->
        this == LEASE_KEYS && left.getKeysCount() > 0
            ? left.toBuilder().setKeys(0, ByteString.copyFromUtf8("other")).build()
            : left;
      case LeaseLeasesResponse list ->
        this == LEASE_LIST && list.getLeasesCount() > 0
            ? list.toBuilder().removeLeases(0).build()
            : list;
      default -> message;
    };
  }

  private WatchResponse control(WatchResponse response) {
    boolean live = response.getCreated() && !response.getCanceled();
    boolean refused = response.getCreated() && response.getCanceled();
    boolean compacted = response.getCompactRevision() != 0;
    WatchResponse.Builder lie = response.toBuilder();
    switch (this) {
      case WATCH_CREATED_REVISION -> {
        if (live) {
          lie.setHeader(later(response.getHeader()));
        }
      }
      case WATCH_CREATED_ID -> {
        if (live) {
          lie.setWatchId(response.getWatchId() + 77);
        }
      }
      case WATCH_REFUSAL_REASON -> {
        if (refused) {
          lie.setCancelReason(response.getCancelReason() + "!");
        }
      }
      case WATCH_COMPACT_REVISION -> {
        if (compacted) {
          lie.setCompactRevision(response.getCompactRevision() + 1);
        }
      }
      case WATCH_CANCELED_REVISION -> {
        if (!response.getCreated() && !compacted) {
          lie.setHeader(later(response.getHeader()));
        }
      }
      default -> {}
    }
    return lie.build();
  }

  private List<WatchResponse> progress(WatchResponse response) {
    return switch (this) {
      case WATCH_PROGRESS_MISSING -> List.of();
      case WATCH_PROGRESS_TOO_EARLY -> {
        WatchResponse.Builder lie = response.toBuilder();
        lie.getHeaderBuilder().setRevision(response.getHeader().getRevision() + 1000);
        yield List.of(lie.build());
      }
      default -> List.of(response);
    };
  }

  private List<WatchResponse> events(WatchResponse response) {
    if (response.getWatchId() == 0) {
      return List.of(response); // the watcher on all keys has this id; the others must notice too
    }
    WatchResponse.Builder lie = response.toBuilder();
    int last = response.getEventsCount() - 1;
    Event first = response.getEvents(0);
    switch (this) {
      case WATCH_EVENT_MISSING -> lie.removeEvents(last);
      case WATCH_EVENT_TWICE -> lie.addEvents(response.getEvents(last));
      case WATCH_EVENT_VALUE ->
        lie.getEventsBuilder(0).getKvBuilder().setValue(ByteString.copyFromUtf8("lie"));
      case WATCH_EVENT_TYPE -> lie.getEventsBuilder(0).setTypeValue(1 - first.getTypeValue());
      case WATCH_EVENT_OF_OTHER_KEY ->
        lie.getEventsBuilder(0).getKvBuilder().setKey(ByteString.copyFromUtf8("other"));
      case WATCH_EVENTS_SWAPPED ->
        lie.setEvents(0, response.getEvents(last)).setEvents(last, first);
      case WATCH_PREV_KV_MISSING -> lie.getEventsBuilder(0).clearPrevKv();
      case WATCH_HEADER_REVISION ->
        lie.getHeaderBuilder().setRevision(first.getKv().getModRevision() - 1);
      case WATCH_REVISION_SPLIT -> {
        return split(response);
      }
      default -> {}
    }
    return lie.getEventsCount() == 0 ? List.of() : List.of(lie.build());
  }

  /** In two, within a revision. */
  private static List<WatchResponse> split(WatchResponse response) {
    for (int i = 1; i < response.getEventsCount(); i++) {
      long revision = response.getEvents(i).getKv().getModRevision();
      if (revision == response.getEvents(i - 1).getKv().getModRevision()) {
        List<Event> events = response.getEventsList();
        return List.of(
            response.toBuilder()
                .clearEvents()
                .addAllEvents(events.subList(0, i))
                .build(),
            response.toBuilder()
                .clearEvents()
                .addAllEvents(events.subList(i, events.size()))
                .build());
      }
    }
    return List.of(response);
  }
}
