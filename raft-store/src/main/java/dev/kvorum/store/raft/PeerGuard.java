package dev.kvorum.store.raft;

import java.util.function.LongFunction;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.thirdparty.io.grpc.Context;
import org.apache.ratis.thirdparty.io.grpc.Contexts;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.StatusException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is served on the peer port: Raft between members, and {@link PeerMethod}s for callers that say which
 * cluster and member they are.
 *
 * <p>Ratis also puts its client and administration services there, which would let anyone who reaches the port write raw
 * log entries and change the membership. They are refused; membership is changed inside the process only.
 */
final class PeerGuard implements ServerInterceptor {
  static final Metadata.Key<String> CLUSTER =
      Metadata.Key.of("kvorum-cluster", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> MEMBER =
      Metadata.Key.of("kvorum-member", Metadata.ASCII_STRING_MARSHALLER);
  static final Metadata.Key<String> TARGET =
      Metadata.Key.of("kvorum-target", Metadata.ASCII_STRING_MARSHALLER);

  /** The member that called; set in every {@link PeerMethod}'s handler. */
  static final Context.Key<Long> CALLER = Context.key("kvorum-caller");

  /** The {@link #CALLER} of {@link PeerMethod#JOIN}. */
  private static final Long NOBODY = 0L;

  /** The only refusal with this code: what clients of the peer port stop for. */
  private static final Status REMOVED = Status.UNAUTHENTICATED;

  private static final Logger LOG = LoggerFactory.getLogger(PeerGuard.class);

  private final String clusterId;
  private final String memberId;
  private final LongFunction<Roster.Standing> standing;

  /**
   * Creates a guard.
   *
   * @param standing what an id is to this cluster
   */
  PeerGuard(long clusterId, long memberId, LongFunction<Roster.Standing> standing) {
    this.clusterId = MemberIds.hex(clusterId);
    this.memberId = MemberIds.hex(memberId);
    this.standing = standing;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String service = String.valueOf(call.getMethodDescriptor().getServiceName());
    if (service.equals(RaftServerProtocolServiceGrpc.SERVICE_NAME)) {
      return next.startCall(call, headers);
    }
    if (!service.equals(PeerMethod.SERVICE)) {
      return refuse(call, Status.PERMISSION_DENIED, "not served on the peer port");
    }
    if (call.getMethodDescriptor()
        .getFullMethodName()
        .equals(PeerMethod.JOIN.descriptor().getFullMethodName())) {
      return Contexts.interceptCall(
          Context.current().withValue(CALLER, NOBODY), call, headers, next);
    }
    String caller = headers.get(MEMBER);
    Long callerId = parse(caller);
    if (!clusterId.equals(headers.get(CLUSTER))) {
      return refuse(call, Status.FAILED_PRECONDITION, "this is cluster " + clusterId);
    }
    if (!memberId.equals(headers.get(TARGET))) {
      return refuse(call, Status.FAILED_PRECONDITION, "this is member " + memberId);
    }
    Roster.Standing callers =
        callerId == null ? Roster.Standing.STRANGER : standing.apply(callerId);
    if (callers == Roster.Standing.REMOVED) {
      return refuse(call, REMOVED, caller + " was removed from this cluster");
    }
    if (callers == Roster.Standing.STRANGER) {
      return refuse(call, Status.PERMISSION_DENIED, caller + " is no member of this cluster");
    }
    return Contexts.interceptCall(
        Context.current().withValue(CALLER, callerId), call, headers, next);
  }

  /** Whether a call failed because its caller is no member any more, as a committed entry says. */
  static boolean saysRemoved(@Nullable Throwable failure) {
    return failure instanceof StatusException refused
        && refused.getStatus().getCode() == REMOVED.getCode();
  }

  private static @Nullable Long parse(@Nullable String id) {
    try {
      return id == null ? null : Long.parseUnsignedLong(id, 16);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static <Q, A> ServerCall.Listener<Q> refuse(
      ServerCall<Q, A> call, Status status, String reason) {
    LOG.warn(
        "refused {} from {}: {}",
        call.getMethodDescriptor().getFullMethodName(),
        call.getAttributes()
            .get(org.apache.ratis.thirdparty.io.grpc.Grpc.TRANSPORT_ATTR_REMOTE_ADDR),
        reason);
    call.close(status.withDescription(reason), new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
