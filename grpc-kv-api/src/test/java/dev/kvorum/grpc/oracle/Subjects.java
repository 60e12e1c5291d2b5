package dev.kvorum.grpc.oracle;

import java.nio.file.Path;

/**
 * The servers that can be compared, by the system property {@code oracle.subject}: {@code kvorum} (the default) is ours in
 * this process, {@code etcd} is a second real etcd (the comparison itself is checked with it), {@code
 * launcher:<program>} is any program that takes etcd's flags.
 */
final class Subjects {
  private static final String LAUNCHER = "launcher:";

  private Subjects() {}

  /** As {@link #fromProperties}; skips the calling test when that is an etcd and there is none. */
  static Subject.Factory fromPropertiesOrSkip() {
    return isEtcd() ? EtcdProcess.etcd(Peers.etcdOrSkip()) : fromProperties();
  }

  private static String property() {
    return System.getProperty("oracle.subject", "kvorum");
  }

  private static boolean isEtcd() {
    return property().equals("etcd");
  }

  static Subject.Factory fromProperties() {
    String subject = property();
    if (isEtcd()) {
      return EtcdProcess.etcd(Peers.etcd());
    }
    if (subject.equals("kvorum")) {
      return KvorumServer::start;
    }
    if (subject.startsWith(LAUNCHER)) {
      return EtcdProcess.launcher(Path.of(subject.substring(LAUNCHER.length())));
    }
    throw new IllegalArgumentException(
        "oracle.subject=" + subject + ": want kvorum, etcd or launcher:<program>");
  }
}
