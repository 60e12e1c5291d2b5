package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AuthEnableRequest;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthRoleAddRequest;
import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.AuthUserAddRequest;
import dev.kvorum.proto.etcd.AuthUserGetRequest;
import dev.kvorum.proto.etcd.AuthUserGrantRoleRequest;
import dev.kvorum.proto.etcd.AuthUserListRequest;
import dev.kvorum.proto.etcd.AuthenticateRequest;
import dev.kvorum.proto.etcd.AuthenticateResponse;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.Permission;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.UserAddOptions;
import dev.kvorum.store.identity.AuthConfig;
import dev.kvorum.tls.TestAuthority;
import dev.kvorum.tls.TlsSettings;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who somebody is by a signed token, or by a certificate, beside a real etcd with the same keys and certificates. */
class IdentityDuelIT {
  private static final ByteString OWN = ByteString.copyFromUtf8("own");

  @TempDir
  private Path directory;

  private final List<ManagedChannel> channels = new ArrayList<>();

  @AfterEach
  void disconnect() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "PS256", "ES256", "EdDSA"})
  void aSignedTokenMeansWhatItMeansToEtcd(String method) throws Exception {
    KeyPair pair = pair(method);
    String options = "jwt,sign-method=" + method + ",pub-key="
        + pem("PUBLIC KEY", pair.getPublic()) + ",priv-key="
        + pem("PRIVATE KEY", pair.getPrivate()) + ",ttl=10m";
    try (Subject etcd = EtcdProcess.start(
            "etcd",
            Peers.etcdOrSkip(),
            List.of("--log-level=error", "--bcrypt-cost=4", "--auth-token=" + options));
        Subject ours =
            KvorumServer.start(new AuthConfig(options, Duration.ofMinutes(5), 4, 0), null)) {
      Channel first = plain(etcd);
      Channel second = plain(ours);
      Map<String, String> tokens = new TreeMap<>();
      populate(first);
      populate(second);
      String issuedThere = login(first, "alice");
      String issuedHere = login(second, "alice");
      long revision = revisionIn(issuedThere);
      tokens.put("issued by etcd", issuedThere);
      tokens.put("issued here", issuedHere);
      tokens.put("root's, issued by etcd", login(first, "root"));
      tokens.put("root's, issued here", login(second, "root"));
      tokens.put("garbled", issuedHere.substring(0, issuedHere.length() - 6) + "AAAAAA");
      tokens.put("cut off", issuedHere.substring(0, issuedHere.lastIndexOf('.') + 1));
      tokens.put("no token at all", "nonsense");
      tokens.put("simple", "abcdefghijklmnop.1");
      tokens.put("empty", "..");
      PrivateKey foreign = pair(method).getPrivate();
      long later = Instant.now().plusSeconds(600).getEpochSecond();
      long before = Instant.now().minusSeconds(600).getEpochSecond();
      String alice = "\"username\":\"alice\",\"revision\":" + revision;
      tokens.put("of another key", sign(method, foreign, alice + ",\"exp\":" + later));
      PrivateKey own = pair.getPrivate();
      tokens.put("made by hand", sign(method, own, alice + ",\"exp\":" + later));
      tokens.put("expired", sign(method, own, alice + ",\"exp\":" + before));
      tokens.put(
          "not valid yet", sign(method, own, alice + ",\"nbf\":" + later + ",\"exp\":" + later));
      tokens.put("of nobody", sign(method, own, "\"revision\":" + revision + ",\"exp\":" + later));
      tokens.put("without revision", sign(method, own, "\"username\":\"alice\",\"exp\":" + later));
      tokens.put(
          "of somebody unknown",
          sign(method, own, "\"username\":\"eve\",\"revision\":" + revision + ",\"exp\":" + later));
      tokens.put(
          "older", sign(method, own, "\"username\":\"alice\",\"revision\":1,\"exp\":" + later));
      tokens.put(
          "unsigned",
          base64("{\"alg\":\"none\"}") + "." + base64("{" + alice + ",\"exp\":" + later + "}")
              + ".");

      assertThat(said(second, tokens)).isEqualTo(said(first, tokens));
      assertThat(said(first, tokens).get("issued here"))
          .contains("OK"); // they do compare something

      addRole(first, tokens.get("root's, issued by etcd"));
      addRole(second, tokens.get("root's, issued here"));
      assertThat(said(second, tokens)).isEqualTo(said(first, tokens));
      assertThat(said(second, tokens).toString()).contains("revision of auth store is old");
    }
  }

  @Test
  void aCertificateMeansWhatItMeansToEtcd() throws Exception {
    TestAuthority authority = TestAuthority.named("ca");
    Path ca = authority.write(directory.resolve("ca.pem"));
    Path cert = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    authority.issue("root", "localhost", "127.0.0.1").write(cert, key);
    try (Subject etcd = EtcdProcess.start(
            "etcd",
            Peers.etcdOrSkip(),
            List.of(
                "--log-level=error",
                "--bcrypt-cost=4",
                "--cert-file=" + cert,
                "--key-file=" + key,
                "--trusted-ca-file=" + ca,
                "--client-cert-auth"));
        Subject ours = KvorumServer.start(
            new AuthConfig("simple", Duration.ofMinutes(5), 4, 0),
            TlsSettings.of(cert, key).demandingCertificatesOf(ca))) {
      TestAuthority.Issued root = authority.issue("root");
      populate(secured(etcd, authority, root));
      populate(secured(ours, authority, root));

      for (String name : List.of("alice", "bob", "nopass", "root", "eve")) {
        TestAuthority.Issued identity = authority.issue(name);
        assertThat(seen(ours, authority, identity))
            .as(name)
            .isEqualTo(seen(etcd, authority, identity));
        // Refused by both, though not in the same words.
        assertThat(overTheGateway(etcd, authority, identity)).as(name).startsWith("400 ");
        assertThat(overTheGateway(ours, authority, identity))
            .as(name)
            .isEqualTo("400 {\"code\":3,\"message\":\"etcdserver: user name is empty\"}");
      }
    }
  }

  /** What a certificate alone, and tokens beside it, are good for. */
  private Map<String, List<String>> seen(
      Subject server, TestAuthority authority, TestAuthority.Issued identity) throws Exception {
    Channel channel = secured(server, authority, identity);
    Map<String, String> tokens = new TreeMap<>();
    tokens.put("none", "");
    tokens.put("alice", login(channel, "alice"));
    tokens.put("root", login(channel, "root"));
    tokens.put("nonsense", "nonsense");
    return said(channel, tokens);
  }

  private String overTheGateway(
      Subject server, TestAuthority authority, TestAuthority.Issued identity) throws Exception {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    keys.load(null, null);
    keys.setKeyEntry(
        "own", identity.key(), new char[0], new Certificate[] {identity.certificate()});
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, new char[0]);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry(
        "ca",
        java.security.cert.CertificateFactory.getInstance("X.509")
            .generateCertificate(new java.io.ByteArrayInputStream(
                authority.pem().getBytes(StandardCharsets.US_ASCII))));
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    try (HttpClient http = HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(tls)
        .build()) {
      HttpResponse<String> answer = http.send(
          HttpRequest.newBuilder(URI.create("https://" + server.address() + "/v3/kv/range"))
              .timeout(Duration.ofSeconds(30))
              .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"b3du\"}"))
              .build(),
          HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body().replace(", ", ",");
    }
  }

  // ---- users ----

  /** Alice may read one key, bob nothing, one user has no password, root is root. */
  private static void populate(Channel channel) {
    awaitCapable(channel);
    for (String user : List.of("root", "alice", "bob")) {
      call(
          channel,
          AuthGrpc.getUserAddMethod(),
          AuthUserAddRequest.newBuilder().setName(user).setPassword(user).build());
    }
    call(
        channel,
        AuthGrpc.getUserAddMethod(),
        AuthUserAddRequest.newBuilder()
            .setName("nopass")
            .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
            .build());
    for (String role : List.of("root", "reader")) {
      call(
          channel,
          AuthGrpc.getRoleAddMethod(),
          AuthRoleAddRequest.newBuilder().setName(role).build());
    }
    call(
        channel,
        AuthGrpc.getRoleGrantPermissionMethod(),
        AuthRoleGrantPermissionRequest.newBuilder()
            .setName("reader")
            .setPerm(Permission.newBuilder().setPermType(Permission.Type.READ).setKey(OWN))
            .build());
    for (List<String> grant :
        List.of(List.of("root", "root"), List.of("alice", "reader"), List.of("nopass", "reader"))) {
      call(
          channel,
          AuthGrpc.getUserGrantRoleMethod(),
          AuthUserGrantRoleRequest.newBuilder()
              .setUser(grant.get(0))
              .setRole(grant.get(1))
              .build());
    }
    call(channel, AuthGrpc.getAuthEnableMethod(), AuthEnableRequest.getDefaultInstance());
  }

  /** What etcd can do depends on the cluster's version, which it decides soon after the start. */
  private static void awaitCapable(Channel channel) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String answer;
    do {
      answer =
          outcome(channel, AuthGrpc.getUserListMethod(), AuthUserListRequest.getDefaultInstance());
    } while (!answer.equals("OK") && System.nanoTime() < deadline);
    assertThat(answer).isEqualTo("OK");
  }

  private static String login(Channel channel, String user) {
    Message answer = call(
        channel,
        AuthGrpc.getAuthenticateMethod(),
        AuthenticateRequest.newBuilder().setName(user).setPassword(user).build());
    return ((AuthenticateResponse) answer).getToken();
  }

  private static void addRole(Channel channel, String token) {
    call(
        as(channel, token),
        AuthGrpc.getRoleAddMethod(),
        AuthRoleAddRequest.newBuilder().setName("later").build());
  }

  /** How some calls end, by the token that they are made with. */
  private static Map<String, List<String>> said(Channel channel, Map<String, String> tokens) {
    Map<String, List<String>> said = new TreeMap<>();
    tokens.forEach((name, token) -> {
      Channel caller = as(channel, token);
      said.put(
          name,
          List.of(
              outcome(
                  caller,
                  KVGrpc.getRangeMethod(),
                  RangeRequest.newBuilder().setKey(OWN).build()),
              outcome(
                  caller,
                  KVGrpc.getPutMethod(),
                  PutRequest.newBuilder().setKey(OWN).build()),
              outcome(
                  caller,
                  AuthGrpc.getUserGetMethod(),
                  AuthUserGetRequest.newBuilder().setName("alice").build()),
              outcome(
                  caller, AuthGrpc.getUserListMethod(), AuthUserListRequest.getDefaultInstance())));
    });
    return said;
  }

  // ---- calls ----

  private static Channel as(Channel channel, String token) {
    Who.Credential credential = new Who.Credential(Who.Form.TOKEN, token);
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(credential.metadata()));
  }

  private static String outcome(Channel channel, MethodDescriptor<?, ?> method, Message request) {
    try {
      call(channel, method, request);
      return "OK";
    } catch (StatusRuntimeException e) {
      return Answer.Failure.of(e).toString();
    }
  }

  @SuppressWarnings("unchecked") // each method is called with its own request
  private static Message call(Channel channel, MethodDescriptor<?, ?> method, Message request) {
    return ClientCalls.blockingUnaryCall(
        channel,
        (MethodDescriptor<Message, Message>) method,
        io.grpc.CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
        request);
  }

  private Channel plain(Subject server) {
    return kept(NettyChannelBuilder.forTarget(server.address()).usePlaintext().build());
  }

  private Channel secured(Subject server, TestAuthority authority, TestAuthority.Issued identity)
      throws Exception {
    return kept(NettyChannelBuilder.forTarget(server.address())
        .sslContext(GrpcSslContexts.forClient()
            .trustManager(new java.io.ByteArrayInputStream(
                authority.pem().getBytes(StandardCharsets.US_ASCII)))
            .keyManager(identity.key(), identity.certificate())
            .build())
        .build());
  }

  private Channel kept(ManagedChannel channel) {
    channels.add(channel);
    return channel;
  }

  // ---- keys and tokens ----

  private static KeyPair pair(String method) throws Exception {
    KeyPairGenerator generator;
    switch (method.substring(0, 2)) {
      case "ES" -> {
        generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      }
      case "Ed" -> generator = KeyPairGenerator.getInstance("Ed25519");
      default -> {
        generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
      }
    }
    return generator.generateKeyPair();
  }

  private Path pem(String kind, Key key) throws Exception {
    return Files.writeString(
        Files.createTempFile(directory, "key", ".pem"),
        "-----BEGIN " + kind + "-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
            + "\n-----END " + kind + "-----\n");
  }

  private static String sign(String method, PrivateKey key, String claims) throws Exception {
    String signed =
        base64("{\"alg\":\"" + method + "\",\"typ\":\"JWT\"}") + "." + base64("{" + claims + "}");
    Signature signature = Signature.getInstance(
        switch (method) {
          case "RS256" -> "SHA256withRSA";
          case "PS256" -> "RSASSA-PSS";
          case "ES256" -> "SHA256withECDSAinP1363Format";
          default -> "Ed25519";
        });
    if (method.equals("PS256")) {
      signature.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    signature.initSign(key);
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature.sign());
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static long revisionIn(String token) {
    String claims = new String(
        Base64.getUrlDecoder().decode(token.split("\\.", -1)[1]), StandardCharsets.UTF_8);
    return Long.parseLong(claims.replaceAll(".*\"revision\":(\\d+).*", "$1"));
  }
}
