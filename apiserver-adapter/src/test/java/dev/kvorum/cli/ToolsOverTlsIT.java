package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kvorum.grpc.client.MemberChannel;
import dev.kvorum.proto.etcd.AuthEnableRequest;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthRoleAddRequest;
import dev.kvorum.proto.etcd.AuthUserAddRequest;
import dev.kvorum.proto.etcd.AuthUserGrantRoleRequest;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.store.raft.SnapshotFile;
import dev.kvorum.tls.ClientTls;
import dev.kvorum.tls.TestAuthority;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The commands that connect to a member, and a member that wants certificates and passwords. */
class ToolsOverTlsIT {
  private final TestAuthority authority = TestAuthority.named("authority");
  private final TestAuthority stranger = TestAuthority.named("stranger");

  @TempDir
  private Path directory;

  @SuppressWarnings("NullAway.Init") // every test begins with a member
  private MemberProcess member;

  private int port;

  @BeforeEach
  void startMember() throws IOException {
    authority.write(file("ca"));
    stranger.write(file("stranger"));
    authority.issue("m1", "127.0.0.1").write(file("m1"), file("m1-key"));
    authority.issue("root").write(file("root"), file("root-key"));
    authority.issue("guest").write(file("guest"), file("guest-key"));
    List<Integer> ports = freePorts();
    port = ports.get(0);
    member = MemberProcess.start(ServerOptions.of(
        FlagValues.parse(
            List.of(
                "--data-dir=" + directory.resolve("data"),
                "--listen-client-urls=" + url(),
                "--advertise-client-urls=" + url(),
                "--listen-peer-urls=http://127.0.0.1:" + ports.get(1),
                "--initial-advertise-peer-urls=http://127.0.0.1:" + ports.get(1),
                "--initial-cluster=default=http://127.0.0.1:" + ports.get(1),
                "--cert-file=" + file("m1"),
                "--key-file=" + file("m1-key"),
                "--trusted-ca-file=" + file("ca"),
                "--client-cert-auth",
                "--bcrypt-cost=4"),
            Map.of(),
            FlagValues.UnknownFlags.REFUSE),
        ".kvorum"));
  }

  @AfterEach
  void stopMember() {
    member.close();
  }

  private static List<Integer> freePorts() throws IOException {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return List.of(one.getLocalPort(), other.getLocalPort());
    }
  }

  private Path file(String name) {
    return directory.resolve(name + ".pem");
  }

  private String url() {
    return "https://127.0.0.1:" + port;
  }

  private record Outcome(int code, String out, String err) {}

  private static Outcome run(Object command, List<String> options, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(options);
    all.addAll(Arrays.asList(arguments));
    int code = new CommandLine(command)
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(all.toArray(new String[0]));
    return new Outcome(code, out.toString(), err.toString());
  }

  private List<String> as(String client) {
    return List.of(
        "--cacert", file("ca").toString(),
        "--cert", file(client).toString(),
        "--key", file(client + "-key").toString());
  }

  private Outcome health(List<String> options) {
    return run(new HealthCommand(), options, "--endpoint", url(), "--timeout", "30");
  }

  private Outcome save(List<String> options, String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(Arrays.asList(more));
    return run(
        new SnapshotCommand.Save(),
        all,
        "--endpoints",
        url(),
        directory.resolve("backup.db").toString());
  }

  private long savedKeys() throws IOException {
    Path file = directory.resolve("backup.db");
    SnapshotFile.Summary summary =
        new SnapshotFile(file).summary(directory.resolve("scratch"), bytes -> {});
    Files.delete(file);
    return summary.totalKeys();
  }

  @Test
  void healthIsAskedWithACertificate() {
    assertThat(health(as("guest"))).isEqualTo(new Outcome(0, url() + ": ok\n", ""));
    assertThat(health(List.of(
                "--insecure-skip-tls-verify",
                "--cert",
                file("guest").toString(),
                "--key",
                file("guest-key").toString()))
            .code())
        .isZero();
  }

  @Test
  void whoShowsNothingOrTrustsAnotherIsToldSo() {
    assertThat(health(List.of("--cacert", file("ca").toString())).code()).isEqualTo(1);

    List<String> mistaken = new ArrayList<>(as("guest"));
    mistaken.set(1, file("stranger").toString());
    assertThat(health(mistaken)).matches(outcome -> outcome.code() == 1);
    Outcome refused = save(mistaken);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("UNAVAILABLE");
    assertThat(directory.resolve("backup.db")).doesNotExist();
    assertThat(directory.resolve("backup.db.part")).doesNotExist();
  }

  @Test
  void aSnapshotIsSavedByWhomTheClusterLetsDoIt() throws Exception {
    ClientTls tls = ClientTls.read(file("ca"), file("root"), file("root-key"));
    ManagedChannel channel =
        MemberChannel.to(List.of(InetSocketAddress.createUnresolved("127.0.0.1", port)), tls);
    try {
      KVGrpc.newBlockingStub(channel)
          .put(PutRequest.newBuilder()
              .setKey(ByteString.copyFromUtf8("k"))
              .setValue(ByteString.copyFromUtf8("v"))
              .build());
      // Users count only once there are some.
      assertThat(save(as("guest"), "--user", "root:secret").code()).isZero();
      assertThat(savedKeys()).isEqualTo(1);

      AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
      auth.userAdd(
          AuthUserAddRequest.newBuilder().setName("root").setPassword("secret").build());
      auth.userAdd(
          AuthUserAddRequest.newBuilder().setName("guest").setPassword("other").build());
      auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("root").build());
      auth.userGrantRole(
          AuthUserGrantRoleRequest.newBuilder().setUser("root").setRole("root").build());
      auth.authEnable(AuthEnableRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }

    assertThat(save(as("guest")).err()).contains("PERMISSION_DENIED");
    assertThat(save(as("guest"), "--user", "root:wrong").err())
        .contains("authentication failed, invalid user ID or password");
    assertThat(save(as("guest"), "--user", "root:secret").code()).isZero();
    assertThat(savedKeys()).isEqualTo(1);
    // A certificate says who one is as well as a password does.
    assertThat(save(as("root")).code()).isZero();
    assertThat(savedKeys()).isEqualTo(1);
  }
}
