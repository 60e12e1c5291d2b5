package dev.kvorum.apiserver.http;

import static dev.kvorum.apiserver.http.TestServer.await;
import static dev.kvorum.apiserver.http.TestServer.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.apiserver.http.TestServer.Streams;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WebSocketTest {
  private static final String HANDSHAKE = """
      GET /?watch=1 HTTP/1.1
      Host: x
      Origin: http://elsewhere
      Upgrade: websocket
      Connection: keep-alive, Upgrade
      Sec-WebSocket-Version: 13
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
      """.replace("\n", "\r\n");

  private final Streams streams = new Streams();

  /** Writes down what it hears. */
  private static final class Heard implements WebSocket.Listener {
    final LinkedBlockingQueue<String> all = new LinkedBlockingQueue<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        all.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      all.add("binary " + data.remaining());
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
      all.add("pong " + message.remaining());
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      all.add("close " + status);
      return CompletableFuture.completedFuture(null);
    }

    String next() throws InterruptedException {
      return all.poll(20, TimeUnit.SECONDS);
    }
  }

  private static WebSocket connect(TestServer it, Heard heard, String... protocols) {
    WebSocket.Builder builder = HttpClient.newHttpClient().newWebSocketBuilder();
    if (protocols.length > 0) {
      builder.subprotocols(
          protocols[0], java.util.Arrays.copyOfRange(protocols, 1, protocols.length));
    }
    return builder
        .buildAsync(
            URI.create("ws://127.0.0.1:" + it.server.address().getPort() + "/w?watch=true"), heard)
        .join();
  }

  @Test
  void eachFrameIsAMessageAndPingsAreAnswered() throws Exception {
    try (TestServer it = new TestServer(streams)) {
      Heard heard = new Heard();
      WebSocket socket = connect(it, heard);
      HttpStream stream = streams.only();
      stream.send(bytes("{\"type\":\"ADDED\"}"));
      String large = "x".repeat(100_000);
      stream.send(bytes(large));
      assertThat(heard.next()).isEqualTo("{\"type\":\"ADDED\"}");
      assertThat(heard.next()).isEqualTo(large);
      socket.sendText("nobody listens", true).join();
      socket.sendPing(ByteBuffer.wrap(new byte[3])).join();
      assertThat(heard.next()).isEqualTo("pong 3");

      stream.close();
      assertThat(heard.next()).isEqualTo("close 1000");
      await(() -> it.server.metrics().openStreams() == 0);
      await(() -> it.server.metrics().connections() == 0);
    }
  }

  @Test
  void protobufGoesInBinaryMessages() throws Exception {
    HttpHandler handler = (request, responder) -> responder
        .open(
            200, HttpFields.of("Content-Type", "application/vnd.kubernetes.protobuf;stream=watch"))
        .send(new byte[7]);
    try (TestServer it = new TestServer(handler)) {
      Heard heard = new Heard();
      connect(it, heard);

      assertThat(heard.next()).isEqualTo("binary 7");
    }
  }

  @Test
  void aClientMayEndIt() throws Exception {
    try (TestServer it = new TestServer(streams)) {
      WebSocket socket = connect(it, new Heard());
      AtomicBoolean closed = new AtomicBoolean();
      streams.only().onClosed(() -> closed.set(true));
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();

      await(closed::get);
      await(() -> it.server.metrics().connections() == 0);
    }
  }

  @Test
  void closingTheServerEndsIt() throws Exception {
    TestServer it = new TestServer(streams);
    Heard heard = new Heard();
    connect(it, heard);
    streams.only();
    it.close();

    assertThat(heard.next()).isEqualTo("close 1000");
  }

  @Test
  void aProtocolIsEchoedAndATokenIsNoProtocol() throws Exception {
    String token = "base64url.bearer.authorization.k8s.io.c2VjcmV0";
    try (TestServer it = new TestServer(streams)) {
      assertThat(connect(it, new Heard(), "v4.channel.k8s.io").getSubprotocol())
          .isEqualTo("v4.channel.k8s.io");
      assertThat(connect(it, new Heard(), token, "base64.binary.k8s.io").getSubprotocol())
          .isEqualTo("base64.binary.k8s.io");
      try (RawClient two = it.connect()) {
        two.send(HANDSHAKE + "Sec-WebSocket-Protocol: a, b\r\n\r\n");
        assertThat(two.answer().status()).isEqualTo(400);
      }
    }
  }

  @Test
  void theHandshakeIsAsTheStandardSaysAndMayBeRefused() throws Exception {
    HttpHandler handler = (request, responder) -> {
      assertThat(request.webSocket()).isTrue();
      if (request.headers().has("Authorization")) {
        streams.handle(request, responder);
      } else {
        responder.send(HttpResponse.text(401, "who?"));
      }
    };
    try (TestServer it = new TestServer(handler);
        RawClient client = it.connect()) {
      assertThat(client.send(HANDSHAKE + "\r\n").answer().body()).isEqualTo("who?");

      assertThat(client.send(HANDSHAKE + "Authorization: x\r\n\r\n").head())
          .startsWith("HTTP/1.1 101 ")
          .contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
          .doesNotContain("transfer-encoding");
    }
  }
}
