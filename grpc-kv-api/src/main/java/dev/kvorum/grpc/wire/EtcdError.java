package dev.kvorum.grpc.wire;

import dev.kvorum.store.StoreException;

/**
 * A failure as etcd says it: its clients recognise failures by these codes and exact texts.
 *
 * @param code gRPC's number for the kind of failure
 * @param text for the client, word for word
 */
public record EtcdError(int code, String text) {
  private static final int UNKNOWN = 2;
  private static final int INVALID_ARGUMENT = 3;
  private static final int DEADLINE_EXCEEDED = 4;
  private static final int NOT_FOUND = 5;
  private static final int RESOURCE_EXHAUSTED = 8;
  private static final int FAILED_PRECONDITION = 9;
  private static final int OUT_OF_RANGE = 11;
  private static final int UNIMPLEMENTED = 12;
  private static final int UNAVAILABLE = 14;
  private static final int DATA_LOSS = 15;

  /** What etcd says when a store fails like this. */
  public static EtcdError of(StoreException.Kind kind) {
    return switch (kind) {
      case COMPACTED -> etcd(OUT_OF_RANGE, "mvcc: required revision has been compacted");
      case FUTURE_REVISION -> etcd(OUT_OF_RANGE, "mvcc: required revision is a future revision");
      case KEY_NOT_FOUND -> etcd(INVALID_ARGUMENT, "key not found");
      case LEASE_NOT_FOUND -> etcd(NOT_FOUND, "requested lease not found");
      case LEASE_EXISTS -> etcd(FAILED_PRECONDITION, "lease already exists");
      case LEASE_TTL_TOO_LARGE -> etcd(OUT_OF_RANGE, "too large lease TTL");
      case REQUEST_TOO_LARGE -> etcd(INVALID_ARGUMENT, "request is too large");
      case NO_SPACE -> etcd(RESOURCE_EXHAUSTED, "mvcc: database space exceeded");
      case CORRUPT -> etcd(DATA_LOSS, "corrupt cluster");
      case TOO_MANY_REQUESTS -> etcd(RESOURCE_EXHAUSTED, "too many requests");
      case NO_LEADER -> etcd(UNAVAILABLE, "no leader");
      case LEADER_CHANGED -> etcd(UNAVAILABLE, "leader changed");
      case STOPPED -> etcd(UNAVAILABLE, "server stopped");
      case DEADLINE_EXCEEDED -> new EtcdError(DEADLINE_EXCEEDED, "context deadline exceeded");
      case TIMEOUT -> etcd(UNAVAILABLE, "request timed out");
      case TIMEOUT_LEADER_FAILURE ->
        etcd(UNAVAILABLE, "request timed out, possibly due to previous leader failure");
      case NOT_LEADER -> etcd(FAILED_PRECONDITION, "not leader");
      case MEMBER_NOT_FOUND -> etcd(NOT_FOUND, "member not found");
      case MEMBER_EXISTS -> etcd(FAILED_PRECONDITION, "member ID already exist");
      case PEER_URLS_EXIST -> etcd(FAILED_PRECONDITION, "Peer URLs already exists");
      case MEMBER_URLS_INVALID -> etcd(INVALID_ARGUMENT, "given member URLs are invalid");
      case MEMBER_NOT_LEARNER -> etcd(FAILED_PRECONDITION, "can only promote a learner member");
      case LEARNER_NOT_READY ->
        etcd(FAILED_PRECONDITION, "can only promote a learner member which is in sync with leader");
      case TOO_MANY_LEARNERS -> etcd(FAILED_PRECONDITION, "too many learner members in cluster");
      // etcd means another code and sends this one.
      case NOT_ENOUGH_STARTED_MEMBERS ->
        etcd(UNKNOWN, "re-configuration failed due to not enough started members");
      case UNHEALTHY_CLUSTER -> etcd(UNAVAILABLE, "unhealthy cluster");
      case NOT_FOR_LEARNERS -> etcd(FAILED_PRECONDITION, "rpc not supported for learner");
      case BAD_LEADER_TRANSFEREE -> etcd(FAILED_PRECONDITION, "bad leader transferee");
      case LEADER_TRANSFER_TIMEOUT ->
        etcd(UNKNOWN, "request timed out, leader transfer took too long");
      case UNSUPPORTED -> etcd(UNIMPLEMENTED, "not supported");
    };
  }

  private static EtcdError etcd(int code, String text) {
    return new EtcdError(code, "etcdserver: " + text);
  }
}
