package dev.kvorum.cli;

import dev.kvorum.grpc.client.MemberChannel;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.StatusRequest;
import dev.kvorum.proto.etcd.StatusResponse;
import dev.kvorum.tls.ClientTls;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A cluster whose members are processes on this machine, described by a directory. */
final class LocalCluster {
  private static final int MAX_MEMBERS = 7;
  private static final int PORTS_APART = 10;
  private static final long LEADER_WAIT_NANOS = TimeUnit.MINUTES.toNanos(3);

  /**
   * How one member is.
   *
   * @param role {@code leader}, {@code follower}, or {@code -} when it does not answer
   * @param healthy whether it answers and knows a leader
   */
  record Report(
      String name,
      String pid,
      String id,
      String endpoint,
      String role,
      String term,
      String revision,
      String state,
      boolean healthy) {}

  private final Path directory;
  private final LocalCertificates certificates;

  LocalCluster(Path directory) {
    this.directory = directory;
    this.certificates = new LocalCertificates(directory.resolve("certs"));
  }

  /** The certificates, if there are any: then everything goes over TLS. */
  LocalCertificates certificates() {
    return certificates;
  }

  Path directory() {
    return directory;
  }

  boolean exists() {
    return LocalMember.isMember(memberDirectory(1));
  }

  /**
   * Lays out a new cluster; starts nothing.
   *
   * @param secured whether to make certificates for members and a client
   * @throws UsageException if the size or the ports are impossible
   */
  void create(int members, int basePort, String heap, boolean secured) {
    if (members < 1 || members > MAX_MEMBERS) {
      throw new UsageException("--members must be between 1 and " + MAX_MEMBERS);
    }
    if (basePort < 1 || basePort + PORTS_APART * members > 65535) {
      throw new UsageException(
          "--base-port " + basePort + " leaves no room for " + members + " members");
    }
    if (secured) {
      certificates.create(
          IntStream.rangeClosed(1, members).mapToObj(number -> "m" + number).toList());
    }
    String scheme = secured ? "https://" : "http://";
    List<String> cluster = new ArrayList<>();
    for (int number = 1; number <= members; number++) {
      cluster.add("m" + number + "=" + scheme + "127.0.0.1:" + (port(basePort, number) + 1));
    }
    for (int number = 1; number <= members; number++) {
      LocalMember.define(
          memberDirectory(number),
          "m" + number,
          port(basePort, number),
          String.join(",", cluster),
          heap);
    }
  }

  private static int port(int basePort, int number) {
    return basePort + PORTS_APART * (number - 1);
  }

  private Path memberDirectory(int number) {
    return directory.resolve("m" + number);
  }

  /** The members in order; not empty. */
  List<LocalMember> members() {
    List<LocalMember> members = new ArrayList<>();
    for (int number = 1; LocalMember.isMember(memberDirectory(number)); number++) {
      members.add(LocalMember.load(memberDirectory(number), certificates));
    }
    if (members.isEmpty()) {
      throw new UsageException(
          "there is no cluster in " + directory + " (make one with: kvorum cluster up)");
    }
    return members;
  }

  LocalMember member(int number) {
    List<LocalMember> members = members();
    if (number < 1 || number > members.size()) {
      throw new UsageException(
          "there is no member " + number + "; this cluster has 1 to " + members.size());
    }
    return members.get(number - 1);
  }

  /**
   * Waits until some member knows a leader.
   *
   * @throws UsageException if a process ends or three minutes pass first
   */
  void awaitLeader() {
    long start = System.nanoTime();
    while (reports().stream().noneMatch(Report::healthy)) {
      for (LocalMember member : members()) {
        if (!member.isRunning()) {
          throw new UsageException(member.name() + " ended; the end of its log:\n"
              + String.join("\n", member.lastLogLines(20)));
        }
      }
      if (System.nanoTime() - start > LEADER_WAIT_NANOS) {
        throw new UsageException("no leader after three minutes; see kvorum cluster logs N");
      }
    }
  }

  /** Asks every member; one that does not answer within two seconds is reported as such. */
  List<Report> reports() {
    ClientTls tls = certificates.exist() ? certificates.ofClient() : null;
    return members().stream().map(member -> report(member, tls)).toList();
  }

  private static Report report(LocalMember member, @Nullable ClientTls tls) {
    if (!member.isRunning()) {
      return new Report(
          member.name(), "-", "-", member.clientEndpoint(), "-", "-", "-", "stopped", false);
    }
    ManagedChannel channel;
    try {
      channel = MemberChannel.to(
          List.of(InetSocketAddress.createUnresolved("127.0.0.1", member.clientPort())), tls);
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot connect to " + member.name(), failure);
    }
    try {
      StatusResponse status = MaintenanceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(2, TimeUnit.SECONDS)
          .withWaitForReady()
          .status(StatusRequest.getDefaultInstance());
      long id = status.getHeader().getMemberId();
      boolean hasLeader = status.getLeader() != 0;
      return new Report(
          member.name(),
          member.pid(),
          Long.toHexString(id),
          member.clientEndpoint(),
          status.getLeader() == id ? "leader" : "follower",
          Long.toString(status.getRaftTerm()),
          Long.toString(status.getHeader().getRevision()),
          hasLeader ? "running" : "no leader",
          hasLeader);
    } catch (StatusRuntimeException failure) {
      return new Report(
          member.name(),
          member.pid(),
          "-",
          member.clientEndpoint(),
          "-",
          "-",
          "-",
          "no answer (" + failure.getStatus().getCode() + ")",
          false);
    } finally {
      channel.shutdownNow();
    }
  }

  /** Deletes everything; the members must be stopped. */
  void delete() {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot delete " + directory, failure);
    }
  }
}
