package dev.kvorum.grpc.oracle;

import java.nio.file.Path;

/**
 * The servers that can be compared, by the system property {@code oracle.subject}: {@code etcd} is a second real etcd
 * (the comparison itself is checked with it), {@code launcher:<program>} is any program that takes etcd's flags.
 */
final class Subjects {
  private static final String LAUNCHER = "launcher:";

  private Subjects() {}

  static Subject.Factory fromProperties() {
    String subject = System.getProperty("oracle.subject", "etcd");
    if (subject.equals("etcd")) {
      return EtcdProcess.etcd(Peers.etcd());
    }
    if (subject.startsWith(LAUNCHER)) {
      return EtcdProcess.launcher(Path.of(subject.substring(LAUNCHER.length())));
    }
    throw new IllegalArgumentException("oracle.subject=" + subject + ": want etcd or launcher:<program>");
  }
}
