package dev.kvorum.grpc.server;

import dev.kvorum.grpc.wire.InvalidRequest;
import dev.kvorum.grpc.wire.KvRequests;
import dev.kvorum.grpc.wire.KvResponses;
import dev.kvorum.proto.etcd.CompactionRequest;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.store.KvStore;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnRequest;
import io.grpc.ServerServiceDefinition;
import java.util.function.BooleanSupplier;

/** {@code etcdserverpb.KV}. */
final class KvService {
  private final KvStore store;
  private final KvRequests requests;
  private final KvResponses responses;
  private final int maxRequestBytes;
  private final BooleanSupplier learner;
  private final RangeStreamCall.Factory rangeStream;

  /**
   * Serves {@code store}.
   *
   * @param learner whether this member does not vote at the moment
   */
  KvService(
      KvStore store, Limits limits, CallGate gate, OpenStreams streams, BooleanSupplier learner) {
    this.store = store;
    this.learner = learner;
    this.requests = new KvRequests(limits.maxTxnOps());
    this.responses = new KvResponses(store.identity());
    this.maxRequestBytes = limits.maxRequestBytes();
    this.rangeStream = new RangeStreamCall.Factory(
        store, requests, responses, limits.maxRequestBytes(), gate, streams);
  }

  ServerServiceDefinition bind(ServiceBuilder service) {
    return service.unaryOnLearners(KVGrpc.getRangeMethod(), range()).stream(
            KVGrpc.getRangeStreamMethod(), rangeStream)
        .unary(KVGrpc.getPutMethod(), put())
        .unary(KVGrpc.getDeleteRangeMethod(), delete())
        .unary(KVGrpc.getTxnMethod(), txn())
        .unary(KVGrpc.getCompactMethod(), compact())
        .build();
  }

  private UnaryMethod<?> range() {
    return new UnaryMethod<>(
        (message, context) -> {
          RangeRequest request = requests.range(message);
          if (!request.serializable() && learner.getAsBoolean()) {
            throw StoreException.of(StoreException.Kind.NOT_FOR_LEARNERS);
          }
          return store.range(request, context);
        },
        result -> responses.range(result, store.term()));
  }

  private UnaryMethod<?> put() {
    return new UnaryMethod<>(
        (message, context) -> {
          var request = requests.put(message);
          refuseTooLarge(message);
          return store.put(request, context);
        },
        result -> responses.put(result, store.term()));
  }

  private UnaryMethod<?> delete() {
    return new UnaryMethod<>(
        (message, context) -> {
          var request = requests.delete(message);
          refuseTooLarge(message);
          return store.delete(request, context);
        },
        result -> responses.delete(result, store.term()));
  }

  private UnaryMethod<?> txn() {
    return new UnaryMethod<>(
        (message, context) -> {
          TxnRequest request = requests.txn(message);
          if (!request.isReadOnly()) {
            refuseTooLarge(message);
          }
          return store.txn(request, context);
        },
        result -> responses.txn(result, store.term()));
  }

  private UnaryMethod<?> compact() {
    return new UnaryMethod<>(
        (message, context) -> {
          CompactionRequest request = Parsed.message(CompactionRequest.parser(), message);
          return store.compact(request.getRevision(), request.getPhysical(), context);
        },
        revision -> responses.headerOnly(revision, store.term()));
  }

  /** What is replicated is about as large as what arrived; etcd refuses it after everything else was found good. */
  private void refuseTooLarge(byte[] message) throws InvalidRequest {
    if (message.length > maxRequestBytes) {
      throw InvalidRequest.tooLarge();
    }
  }
}
