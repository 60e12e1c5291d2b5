package dev.kvorum.grpc;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.AuthStore;
import dev.kvorum.store.Backup;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.DeleteResult;
import dev.kvorum.store.HistoryHash;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.LeaseTimeToLive;
import dev.kvorum.store.Leases;
import dev.kvorum.store.Member;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangePart;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.RangeStream;
import dev.kvorum.store.StoreIdentity;
import dev.kvorum.store.StoreMaintenance;
import dev.kvorum.store.StoreStatus;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.TxnResult;
import dev.kvorum.store.WatchRequest;
import dev.kvorum.store.WatchSink;
import dev.kvorum.store.WatchStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A store that says what a test tells it to say, and remembers what it was asked. Like the real one it completes calls
 * on the executor that the call names.
 */
public final class ScriptedStore implements KvStore {
  /** Ids beyond what a signed number can hold, as real ones often are. */
  public static final StoreIdentity IDENTITY =
      new StoreIdentity(0xb55fa47a0215546eL, 0x8000000000000001L, "m1");

  /** Everything that was asked, in order. */
  public final BlockingQueue<Object> asked = new LinkedBlockingQueue<>();

  /** The watch streams that were opened, in order. */
  public final BlockingQueue<ScriptedStream> streams = new LinkedBlockingQueue<>();

  /** What the next calls are answered with, by request; may throw. */
  public volatile Function<Object, Object> answer = request -> {
    throw new AssertionError("not scripted: " + request);
  };

  /** Read once, when a server is started with this store. */
  public volatile AuthStore auth = AuthStore.ELSEWHERE;

  public volatile long leaderlessMillis;
  public volatile StoreStatus status =
      new StoreStatus(7, 2, IDENTITY.memberId(), 3, 20, 19, 4096, 1024, false, List.of());

  /** A part that was asked for, the first one with {@code number} 0. */
  public record Part(RangeRequest request, int partBytes, int number) {}

  /** A range stream was closed. */
  public record PartsClosed(RangeRequest request) {}

  public record Compaction(long revision, boolean physical) {}

  public record Grant(long ttlSeconds, long id) {}

  public record Revoke(long id) {}

  public record KeepAlive(long id) {}

  public record TimeToLive(long id, boolean withKeys) {}

  public record ListLeases() {}

  public record ListMembers(boolean linearizable) {}

  public record ListAlarms() {}

  public record Raise(Alarm alarm) {}

  public record Disarm(Alarm alarm) {}

  public record Hash(long revision) {}

  public record Reclaim() {}

  public record TakeBackup() {}

  @Override
  public StoreIdentity identity() {
    return IDENTITY;
  }

  @Override
  public StoreStatus status() {
    return status;
  }

  @Override
  public long term() {
    return status.term();
  }

  @Override
  public long revision() {
    return status.revision();
  }

  @Override
  public long leaderlessMillis() {
    return leaderlessMillis;
  }

  @Override
  public AuthStore auth() {
    return auth;
  }

  @Override
  public CompletableFuture<RangeResult> range(RangeRequest request, CallContext context) {
    return ask(request, context);
  }

  @Override
  public RangeStream rangeStream(RangeRequest request, int partBytes, CallContext context) {
    return new RangeStream() {
      private int number;

      @Override
      public CompletableFuture<RangePart> next() {
        return ask(new Part(request, partBytes, number++), context);
      }

      @Override
      public void close() {
        asked.add(new PartsClosed(request));
      }
    };
  }

  @Override
  public CompletableFuture<PutResult> put(PutRequest request, CallContext context) {
    return ask(request, context);
  }

  @Override
  public CompletableFuture<DeleteResult> delete(DeleteRequest request, CallContext context) {
    return ask(request, context);
  }

  @Override
  public CompletableFuture<TxnResult> txn(TxnRequest request, CallContext context) {
    return ask(request, context);
  }

  @Override
  public CompletableFuture<Long> compact(long revision, boolean physical, CallContext context) {
    return ask(new Compaction(revision, physical), context);
  }

  @Override
  public CompletableFuture<LeaseGrant> leaseGrant(long ttlSeconds, long id, CallContext context) {
    return ask(new Grant(ttlSeconds, id), context);
  }

  @Override
  public CompletableFuture<Long> leaseRevoke(long id, CallContext context) {
    return ask(new Revoke(id), context);
  }

  @Override
  public CompletableFuture<LeaseKeepAlive> leaseKeepAlive(long id, CallContext context) {
    return ask(new KeepAlive(id), context);
  }

  @Override
  public CompletableFuture<LeaseTimeToLive> leaseTimeToLive(
      long id, boolean withKeys, CallContext context) {
    return ask(new TimeToLive(id, withKeys), context);
  }

  @Override
  public CompletableFuture<Leases> leases(CallContext context) {
    return ask(new ListLeases(), context);
  }

  @Override
  public CompletableFuture<List<Member>> members(boolean linearizable, CallContext context) {
    return ask(new ListMembers(linearizable), context);
  }

  @Override
  public WatchStream openWatchStream(Executor executor, WatchSink sink) {
    ScriptedStream stream = new ScriptedStream(executor, sink);
    streams.add(stream);
    return stream;
  }

  @Override
  public StoreMaintenance maintenance() {
    return new StoreMaintenance() {
      @Override
      public CompletableFuture<Alarms> alarms(CallContext context) {
        return ask(new ListAlarms(), context);
      }

      @Override
      public CompletableFuture<Alarms> raise(Alarm alarm, CallContext context) {
        return ask(new Raise(alarm), context);
      }

      @Override
      public CompletableFuture<Alarms> disarm(Alarm alarm, CallContext context) {
        return ask(new Disarm(alarm), context);
      }

      @Override
      public CompletableFuture<HistoryHash> hash(long revision, CallContext context) {
        return ask(new Hash(revision), context);
      }

      @Override
      public void reclaim() {
        asked.add(new Reclaim());
      }

      @Override
      public CompletableFuture<Backup> backup(CallContext context) {
        return ask(new TakeBackup(), context);
      }
    };
  }

  @Override
  public void close() {}

  /** The answer is a value, a failure, or a future of either. */
  @SuppressWarnings("unchecked")
  private <R> CompletableFuture<R> ask(Object request, CallContext context) {
    asked.add(request);
    CompletableFuture<R> result = new CompletableFuture<>();
    Object scripted;
    try {
      scripted = answer.apply(request);
    } catch (RuntimeException e) {
      scripted = e;
    }
    CompletableFuture<?> source = scripted instanceof CompletableFuture<?> future
        ? future
        : scripted instanceof RuntimeException e
            ? CompletableFuture.failedFuture(e)
            : CompletableFuture.completedFuture(scripted);
    var unused = source.whenComplete((value, failure) -> context.executor().execute(() -> {
      if (failure != null) {
        result.completeExceptionally(failure);
      } else {
        result.complete((R) value);
      }
    }));
    return result;
  }

  /** A watch stream: remembers what was asked of it; the test speaks through its sink. */
  public static final class ScriptedStream implements WatchStream {
    public record Create(long watchId, WatchRequest request) {}

    public record Cancel(long watchId) {}

    public enum Signal {
      PROGRESS,
      READY,
      CLOSED
    }

    public final BlockingQueue<Object> asked = new LinkedBlockingQueue<>();
    private final Executor executor;
    private final WatchSink sink;

    ScriptedStream(Executor executor, WatchSink sink) {
      this.executor = executor;
      this.sink = sink;
    }

    /** Lets the store say something, on the stream's executor, and waits until it is said. */
    public void say(Consumer<WatchSink> words) {
      CompletableFuture.runAsync(() -> words.accept(sink), executor).join();
    }

    /** Runs something on the stream's executor and waits for its result. */
    public <R> R onSink(Function<WatchSink, R> action) {
      return CompletableFuture.supplyAsync(() -> action.apply(sink), executor).join();
    }

    @Override
    public void create(long watchId, WatchRequest request) {
      asked.add(new Create(watchId, request));
    }

    @Override
    public void cancel(long watchId) {
      asked.add(new Cancel(watchId));
    }

    @Override
    public void requestProgress() {
      asked.add(Signal.PROGRESS);
    }

    @Override
    public void ready() {
      asked.add(Signal.READY);
    }

    @Override
    public void close() {
      asked.add(Signal.CLOSED);
    }
  }
}
