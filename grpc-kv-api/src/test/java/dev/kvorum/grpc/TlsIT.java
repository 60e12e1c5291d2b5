package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kvorum.grpc.client.RemoteKvStore;
import dev.kvorum.grpc.tls.ServerTls;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.tls.CipherSuites;
import dev.kvorum.tls.ClientTls;
import dev.kvorum.tls.TestAuthority;
import dev.kvorum.tls.TlsSettings;
import dev.kvorum.tls.TlsVersion;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in over TLS, on every listener alike, and what changes when the files change. */
class TlsIT {
  private static final long CHANGE_SECONDS = 5;

  private final TestAuthority authority = TestAuthority.named("authority");
  private final TestAuthority stranger = TestAuthority.named("stranger");
  private final ScriptedStore store = new ScriptedStore();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @SuppressWarnings("NullAway.Init") // every test begins with serve()
  private KvServer server;

  @TempDir
  private Path directory;

  private Path ca;
  private Path crl;
  private TlsSettings settings;

  @BeforeEach
  void files() {
    store.answer = request -> new RangeResult(7, List.of(), false, 0);
    Path cert = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    authority.issue("server", "localhost", "127.0.0.1").write(cert, key);
    ca = authority.write(directory.resolve("ca.pem"));
    crl = authority.revoke(directory.resolve("crl.pem"));
    settings = TlsSettings.of(cert, key);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable open : opened) {
      open.close();
    }
  }

  private void serve(TlsSettings how) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ServerTls tls = ServerTls.open(how, true);
    server = KvServer.start(
        store,
        ServerConfig.on(anyPort)
            .withMetricsOn(anyPort)
            .with(new ServerConfig.Security(tls, Set.of())));
    opened.add(server);
    opened.add(tls);
  }

  // ---- clients ----

  private int clientPort() {
    return server.clientAddresses().get(0).getPort();
  }

  private int metricsPort() {
    return server.metricsAddresses().get(0).getPort();
  }

  private ManagedChannel channel(TestAuthority.@Nullable Issued identity, String... protocols)
      throws IOException {
    SslContextBuilder ssl = GrpcSslContexts.configure(
            SslContextBuilder.forClient(), SslProvider.OPENSSL)
        .trustManager(new ByteArrayInputStream(
            (authority.pem() + stranger.pem()).getBytes(StandardCharsets.US_ASCII)));
    if (identity != null) {
      ssl.keyManager(identity.key(), identity.certificate());
    }
    if (protocols.length > 0) {
      ssl.protocols(protocols);
    }
    ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", clientPort())
        .sslContext(ssl.build())
        .build();
    opened.add(channel::shutdownNow);
    return channel;
  }

  private static Status call(ManagedChannel channel) {
    try {
      var answer = KVGrpc.newBlockingStub(channel)
          .withDeadlineAfter(20, TimeUnit.SECONDS)
          .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build());
      assertThat(answer.getHeader().getRevision()).isEqualTo(7);
      return Status.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  private SSLSocket socket(
      int port, TestAuthority.@Nullable Issued identity, String... applicationProtocols)
      throws Exception {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    trusted.setCertificateEntry(
        "authority",
        java.security.cert.CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new ByteArrayInputStream(authority.pem().getBytes(StandardCharsets.US_ASCII))));
    if (identity != null) {
      own.setKeyEntry(
          "own", identity.key(), new char[0], new Certificate[] {identity.certificate()});
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(applicationProtocols);
    socket.setSSLParameters(parameters);
    opened.add(socket);
    return socket;
  }

  /** The first line of the answer; null if the connection was refused. */
  private static @Nullable String get(Socket socket, String path) {
    try {
      OutputStream out = socket.getOutputStream();
      out.write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
          .getBytes(StandardCharsets.US_ASCII));
      out.flush();
      InputStream in = socket.getInputStream();
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c >= 0 && c != '\r'; c = in.read()) {
        line.append((char) c);
      }
      return line.isEmpty() ? null : line.toString();
    } catch (IOException refused) {
      return null;
    }
  }

  private void assertAccepted(TestAuthority.@Nullable Issued identity) throws Exception {
    assertThat(call(channel(identity)).getCode()).isEqualTo(Status.Code.OK);
    assertThat(get(socket(clientPort(), identity), "/health")).isEqualTo("HTTP/1.1 200 OK");
    assertThat(get(socket(metricsPort(), identity), "/metrics")).isEqualTo("HTTP/1.1 200 OK");
  }

  private void assertRefused(TestAuthority.@Nullable Issued identity) throws Exception {
    assertThat(call(channel(identity)).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(get(socket(clientPort(), identity), "/health")).isNull();
    assertThat(get(socket(metricsPort(), identity), "/metrics")).isNull();
  }

  private static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as("still not: %s", what).isNegative();
      LockSupport.parkNanos(10_000_000);
    }
  }

  // ---- who is let in ----

  @Test
  void withoutAnAuthorityEverybodyIsLetInOverTlsAlone() throws Exception {
    serve(settings);

    assertAccepted(null);
    assertAccepted(stranger.issue("anybody"));
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), clientPort())) {
      plain.setSoTimeout(20_000);
      assertThat(String.valueOf(get(plain, "/health"))).doesNotContain("200");
    }
  }

  @Test
  void onlyWhoIsVouchedForIsLetInOnEveryListener() throws Exception {
    serve(settings.demandingCertificatesOf(ca).withRevocations(crl));

    assertAccepted(authority.issue("alice"));
    assertRefused(null);
    assertRefused(stranger.issue("alice"));
    assertRefused(authority.issueExpired("alice"));
    assertRefused(authority.issueForServersOnly("alice"));
  }

  @Test
  void keysOnLargerCurvesAreFine() throws Exception {
    serve(settings.demandingCertificatesOf(ca));

    assertAccepted(authority.issueOnCurve("secp384r1", "alice"));
  }

  @Test
  void hostsMayBeLimitedOnEveryListener() throws Exception {
    serve(settings.demandingCertificatesOf(ca).allowing(List.of(), List.of("client.example")));

    assertAccepted(authority.issue("alice", "client.example"));
    assertRefused(authority.issue("alice", "other.example"));
  }

  // ---- what is spoken ----

  @Test
  void theProtocolIsAgreedUponAndOtherwiseSeen() throws Exception {
    serve(settings);

    SSLSocket web = socket(clientPort(), null, "http/1.1");
    assertThat(get(web, "/version")).isEqualTo("HTTP/1.1 200 OK");
    assertThat(web.getApplicationProtocol()).isEqualTo("http/1.1");
    SSLSocket silent = socket(clientPort(), null);
    assertThat(get(silent, "/version")).isEqualTo("HTTP/1.1 200 OK");
    assertThat(silent.getApplicationProtocol()).isEmpty();
    SSLSocket either = socket(clientPort(), null, "h2", "http/1.1");
    assertThat(get(either, "/version")).isEqualTo("HTTP/1.1 200 OK");
    assertThat(either.getApplicationProtocol()).isEqualTo("http/1.1");
    assertThat(call(channel(null)).getCode()).isEqualTo(Status.Code.OK);
  }

  @Test
  void oldVersionsOfTlsAreRefused() throws Exception {
    serve(settings);

    for (int minor : new int[] {1, 2}) {
      assertThat(versionAlert(minor)).as("TLS 1.%d", minor - 1).isEqualTo(70);
    }
    assertThat(call(channel(null, "TLSv1.2")).getCode()).isEqualTo(Status.Code.OK);
    assertThat(call(channel(null, "TLSv1.3")).getCode()).isEqualTo(Status.Code.OK);
  }

  /** What a client that knows nothing newer than {@code 3.minor} is told; no library would send that any more. */
  private int versionAlert(int minor) throws IOException {
    byte[] hello = new byte[2 + 32 + 1 + 2 + 4 + 2];
    hello[0] = 3;
    hello[1] = (byte) minor;
    int at = 2 + 32 + 1;
    hello[at + 1] = 4; // bytes of suites
    hello[at + 2] = (byte) 0xc0;
    hello[at + 3] = 0x09; // ECDHE-ECDSA-AES128-SHA
    hello[at + 4] = 0;
    hello[at + 5] = 0x2f; // AES128-SHA
    hello[at + 6] = 1; // one way of compressing: none
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), clientPort())) {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write(new byte[] {
        0x16, 3, (byte) minor, 0, (byte) (hello.length + 4), 1, 0, 0, (byte) hello.length
      });
      out.write(hello);
      out.flush();
      byte[] alert = socket.getInputStream().readNBytes(7);
      assertThat(alert).startsWith(0x15);
      return alert[6];
    }
  }

  @Test
  void theOldestVersionCanBeRaised() throws Exception {
    serve(settings.offering(TlsVersion.TLS_1_3, TlsVersion.TLS_1_3, List.of()));

    assertThat(call(channel(null, "TLSv1.2")).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call(channel(null, "TLSv1.3")).getCode()).isEqualTo(Status.Code.OK);
  }

  @Test
  void theNewestVersionCanBeLowered() throws Exception {
    serve(settings.offering(TlsVersion.TLS_1_2, TlsVersion.TLS_1_2, List.of()));

    assertThat(call(channel(null, "TLSv1.3")).getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(call(channel(null, "TLSv1.2")).getCode()).isEqualTo(Status.Code.OK);
  }

  @Test
  void cipherSuitesCanBeChosen() throws Exception {
    String only = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
    serve(settings.offering(
        TlsVersion.TLS_1_2, TlsVersion.TLS_1_2, CipherSuites.parse(List.of(only))));

    SSLSocket socket = socket(clientPort(), null);
    assertThat(get(socket, "/health")).isEqualTo("HTTP/1.1 200 OK");
    assertThat(socket.getSession().getCipherSuite()).isEqualTo(only);
    SSLSocket other = socket(clientPort(), null);
    other.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
    assertThat(get(other, "/health")).isNull();
  }

  // ---- changes ----

  @Test
  void aNewCertificateIsShownWithoutARestart() throws Exception {
    serve(settings);
    assertThat(serial(socket(clientPort(), null))).isNotNull();
    TestAuthority.Issued next = authority.issue("server", "localhost", "127.0.0.1");

    next.write(settings.certificate(), settings.key());

    until(
        "the new certificate on both listeners",
        () -> next.certificate().getSerialNumber().equals(serial(clientPort()))
            && next.certificate().getSerialNumber().equals(serial(metricsPort())));
    assertAccepted(null);
  }

  private java.math.@Nullable BigInteger serial(int port) {
    try {
      return serial(socket(port, null));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static java.math.BigInteger serial(SSLSocket socket) throws IOException {
    socket.startHandshake();
    return ((java.security.cert.X509Certificate) socket.getSession().getPeerCertificates()[0])
        .getSerialNumber();
  }

  @Test
  void aRevokedClientIsRefusedEverywhereAndItsConnectionsEnd() throws Exception {
    serve(settings.demandingCertificatesOf(ca).withRevocations(crl));
    TestAuthority.Issued alice = authority.issue("alice");
    TestAuthority.Issued bob = authority.issue("bob");
    ManagedChannel alicesCalls = channel(alice);
    ManagedChannel bobsCalls = channel(bob);
    assertThat(call(alicesCalls).getCode()).isEqualTo(Status.Code.OK);
    assertThat(call(bobsCalls).getCode()).isEqualTo(Status.Code.OK);
    SSLSocket alicesPage = socket(clientPort(), alice);
    SSLSocket alicesMetrics = socket(metricsPort(), alice);
    SSLSocket bobsPage = socket(clientPort(), bob);
    for (SSLSocket socket : List.of(alicesPage, alicesMetrics, bobsPage)) {
      assertThat(get(socket, "/health")).isEqualTo("HTTP/1.1 200 OK");
      skipBody(socket);
    }

    authority.revoke(crl, alice);

    // Nobody asks anything meanwhile: the server ends the connections by itself.
    alicesPage.setSoTimeout((int) TimeUnit.SECONDS.toMillis(6 * CHANGE_SECONDS));
    alicesMetrics.setSoTimeout((int) TimeUnit.SECONDS.toMillis(6 * CHANGE_SECONDS));
    assertThat(ended(alicesPage)).isTrue();
    assertThat(ended(alicesMetrics)).isTrue();
    until("no more calls of alice", () -> call(alicesCalls).getCode() == Status.Code.UNAVAILABLE);
    assertRefused(alice);
    assertThat(get(bobsPage, "/health")).isEqualTo("HTTP/1.1 200 OK");
    assertThat(call(bobsCalls).getCode()).isEqualTo(Status.Code.OK);
    assertAccepted(bob);
  }

  private static void skipBody(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    int at = head.indexOf("content-length: ") + "content-length: ".length();
    in.readNBytes(Integer.parseInt(head.substring(at, head.indexOf("\r", at))));
  }

  private static boolean ended(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void anAuthorityThatIsReplacedTakesItsClientsWithIt() throws Exception {
    serve(settings.demandingCertificatesOf(ca));
    TestAuthority.Issued alice = authority.issue("alice");
    ManagedChannel calls = channel(alice);
    assertThat(call(calls).getCode()).isEqualTo(Status.Code.OK);

    stranger.write(ca);

    until("alice is out", () -> call(calls).getCode() == Status.Code.UNAVAILABLE);
    assertAccepted(stranger.issue("carol"));
    assertRefused(alice);
  }

  // ---- those who only take up room ----

  @Test
  void silentConnectionsHinderNobodyAndAreEnded() throws Exception {
    serve(settings.demandingCertificatesOf(ca));
    List<Socket> silent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Socket socket =
          new Socket(InetAddress.getLoopbackAddress(), i % 2 == 0 ? clientPort() : metricsPort());
      opened.add(socket);
      silent.add(socket);
      if (i % 4 < 2) {
        // The beginning of a handshake that never goes on.
        socket.getOutputStream().write(new byte[] {0x16, 3, 1, 1, 0, 1, 0});
      }
    }

    for (int i = 0; i < 5; i++) {
      assertAccepted(authority.issue("alice"));
    }
    for (Socket socket : silent) {
      socket.setSoTimeout(60_000);
      assertThat(ended(socket)).isTrue();
    }
  }

  // ---- the store that is a client ----

  private String storeOverTls(String host, Path trusted, TestAuthority.@Nullable Issued identity)
      throws IOException {
    Path certificate = directory.resolve("client.pem");
    Path key = directory.resolve("client-key.pem");
    if (identity != null) {
      identity.write(certificate, key);
    }
    ClientTls tls = identity == null
        ? ClientTls.read(trusted, null, null)
        : ClientTls.read(trusted, certificate, key);
    try (RemoteKvStore remote = RemoteKvStore.connect(
        List.of(InetSocketAddress.createUnresolved(host, clientPort())), tls)) {
      return "revision " + remote.revision();
    } catch (IOException refused) {
      return "refused";
    }
  }

  @Test
  void aRemoteStoreProvesWhoItIsAndChecksWhomItTalksTo() throws Exception {
    serve(settings.demandingCertificatesOf(ca));

    assertThat(storeOverTls("localhost", ca, authority.issue("client"))).isEqualTo("revision 7");
    assertThat(storeOverTls("127.0.0.1", ca, authority.issue("client"))).isEqualTo("revision 7");
    assertThat(storeOverTls("localhost", ca, null)).isEqualTo("refused");
    assertThat(storeOverTls("localhost", ca, stranger.issue("client"))).isEqualTo("refused");
    Path others = stranger.write(directory.resolve("stranger.pem"));
    assertThat(storeOverTls("localhost", others, authority.issue("client"))).isEqualTo("refused");
  }

  @Test
  void aRemoteStoreRefusesACertificateThatIsForAnotherHost() throws Exception {
    authority
        .issue("server", "elsewhere.example")
        .write(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    serve(settings);

    assertThat(storeOverTls("localhost", ca, null)).isEqualTo("refused");
  }
}
