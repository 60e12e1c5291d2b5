package dev.kvorum.grpc.server;

/**
 * The etcd whose behaviour is offered. Clients parse these as semantic versions and switch features by them: from
 * 3.4.31 and 3.5.13 on, progress requests; from 3.7 on, RangeStream.
 */
public final class EtcdVersion {
  /** What a member of that etcd says it is. */
  public static final String SERVER = "3.7.1";

  /** What its cluster agreed on. */
  public static final String CLUSTER = "3.7.0";

  /** The format of its storage. */
  public static final String STORAGE = "3.7.0";

  private EtcdVersion() {}
}
