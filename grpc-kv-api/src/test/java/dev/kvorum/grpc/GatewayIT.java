package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.grpc.ScriptedStore.ScriptedStream;
import dev.kvorum.grpc.http.AccessRules;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.LeaseKeepAlive;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.PutResult;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The API as JSON, through real connections. */
@Timeout(120)
class GatewayIT {
  private final ScriptedStore store = new ScriptedStore();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private KvServer server;

  @BeforeEach
  void start() throws IOException {
    serve(HttpConfig.DEFAULT);
    store.answer = request -> new RangeResult(7, List.of(), false, 0);
  }

  private void serve(HttpConfig config) throws IOException {
    server = KvServer.start(
        store,
        ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .with(config));
  }

  private void serveAnew(HttpConfig config) throws IOException {
    server.close();
    serve(config);
  }

  @AfterEach
  void stop() {
    http.shutdownNow();
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.clientAddresses().get(0).getPort() + path));
  }

  private HttpResponse<String> post(String path, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = request(path).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(
        InetAddress.getLoopbackAddress(), server.clientAddresses().get(0).getPort());
    socket.setSoTimeout(30_000);
    return socket;
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  @Test
  void aCallGoesTheWayOfAGrpcCall() throws Exception {
    store.answer = request -> new PutResult(8, null);

    HttpResponse<String> response = post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}");

    PutRequest put = (PutRequest) store.asked.poll(10, TimeUnit.SECONDS);
    assertThat(put.key()).isEqualTo(Bytes.utf8("a"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(response.headers().firstValue("grpc-metadata-content-type"))
        .hasValue("application/grpc");
    assertThat(response.body())
        .isEqualTo("{\"header\":{\"cluster_id\":\""
            + Long.toUnsignedString(ScriptedStore.IDENTITY.clusterId())
            + "\","
            + "\"member_id\":\"9223372036854775809\",\"revision\":\"8\",\"raft_term\":\"3\"}}");
    assertThat(http.send(request("/metrics").build(), HttpResponse.BodyHandlers.ofString())
            .body())
        .contains("grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Put\","
            + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1\n")
        .contains("grpc_server_msg_received_total{grpc_method=\"Put\","
            + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1\n");
  }

  @ParameterizedTest
  @CsvSource({
    "COMPACTED,400,11,etcdserver: mvcc: required revision has been compacted",
    "LEASE_NOT_FOUND,404,5,etcdserver: requested lease not found",
    "LEASE_EXISTS,400,9,etcdserver: lease already exists",
    "NO_LEADER,503,14,etcdserver: no leader",
    "CORRUPT,500,15,etcdserver: corrupt cluster",
  })
  void failuresHaveEtcdsStatus(StoreException.Kind kind, int status, int code, String message)
      throws Exception {
    store.answer = request -> StoreException.of(kind);

    HttpResponse<String> response = post("/v3/kv/range", "{\"key\":\"YQ==\"}");

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(response.body())
        .isEqualTo("{\"code\":" + code + ",\"message\":\"" + message + "\"}");
  }

  @Test
  void whatIsNotOfferedYetSaysSo() throws Exception {
    for (String path : List.of("/v3/nothing", "/v3/kv/range/", "/v3/kv/%72ange")) {
      assertThat(post(path, "{}").body())
          .as(path)
          .isEqualTo("{\"code\":5,\"message\":\"Not Found\"}");
    }
    HttpResponse<String> get =
        http.send(request("/v3/kv/range").build(), HttpResponse.BodyHandlers.ofString());
    assertThat(get.statusCode()).isEqualTo(501);
    assertThat(get.body()).isEqualTo("{\"code\":12,\"message\":\"Method Not Allowed\"}");
  }

  @Test
  void theRequirementOfALeaderIsPassedOn() throws Exception {
    store.leaderlessMillis = 5;

    HttpResponse<String> response =
        post("/v3/lease/keepalive", "{\"ID\":1}", "Grpc-Metadata-hasleader", "true");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body())
        .isEqualTo("{\"error\":{\"code\":14,\"message\":\"etcdserver: no leader\"}}");
  }

  @Test
  void aDeadlineIsKept() throws Exception {
    store.answer = request -> new CompletableFuture<>();

    HttpResponse<String> response =
        post("/v3/kv/range", "{\"key\":\"YQ==\"}", "Grpc-Timeout", "20m");

    assertThat(response.statusCode()).isEqualTo(504);
    assertThat(response.body()).isEqualTo("{\"code\":4,\"message\":\"context deadline exceeded\"}");
    assertThat(post("/v3/kv/range", "{}", "Grpc-Timeout", "soon").statusCode()).isEqualTo(400);
  }

  @Test
  void watchEventsComeAsLinesWhileTheyHappen() throws Exception {
    HttpResponse<java.io.InputStream> response;
    CompletableFuture<HttpResponse<java.io.InputStream>> coming = http.sendAsync(
        request("/v3/watch")
            .POST(HttpRequest.BodyPublishers.ofString(
                "{\"create_request\":{\"key\":\"YQ==\",\"prev_kv\":true}}"))
            .build(),
        HttpResponse.BodyHandlers.ofInputStream());
    ScriptedStream stream = store.streams.poll(10, TimeUnit.SECONDS);
    assertThat(asked(stream)).isInstanceOf(ScriptedStream.Create.class);
    stream.say(sink -> sink.created(0, 7));
    response = coming.get(10, TimeUnit.SECONDS);
    assertThat(response.statusCode()).isEqualTo(200);
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      assertThat(lines.readLine()).startsWith("{\"result\":").contains("\"created\":true");
      for (int i = 0; i < 3; i++) {
        long revision = 8L + i;
        stream.say(sink -> sink.progress(0, revision));
        assertThat(lines.readLine()).contains("\"revision\":\"" + revision + "\"");
      }
    }
    assertThat(asked(stream)).isEqualTo(ScriptedStream.Signal.CLOSED);
  }

  @Test
  void aClientThatHangsUpEndsItsStream() throws Exception {
    try (Socket socket = connect()) {
      say(socket, "POST /v3/watch HTTP/1.1\nHost: a\nContent-Length: 39\n\n");
      say(socket, "{\"create_request\":{\"key\":\"YQ==\"}}       ");
      ScriptedStream stream = store.streams.poll(10, TimeUnit.SECONDS);
      assertThat(asked(stream)).isNotNull();
      socket.close();
      assertThat(asked(stream)).isEqualTo(ScriptedStream.Signal.CLOSED);
    }
  }

  @Test
  void aClientThatDoesNotReadIsWaitedForAndDoesNotFillTheMemory() throws Exception {
    try (Socket socket = connect()) {
      say(socket, "POST /v3/watch HTTP/1.1\nHost: a\nContent-Length: 34\n\n");
      say(socket, "{\"create_request\":{\"key\":\"YQ==\"}}  ");
      ScriptedStream stream = store.streams.poll(10, TimeUnit.SECONDS);
      asked(stream);
      stream.asked.clear();

      int sent = 0;
      Bytes value = Bytes.wrap(new byte[100_000]);
      while (stream.onSink(dev.kvorum.store.WatchSink::isReady)) {
        stream.say(sink -> sink.events(0, watchOf("a"), 9, List.of(put("a", value))));
        assertThat(++sent).as("events before the stream says stop").isLessThan(1000);
      }

      BufferedReader lines = reader(socket);
      int events = 0;
      while (events < sent) {
        if (lines.readLine().startsWith("{\"result\"")) {
          events++;
        }
      }
      assertThat(stream.asked.poll(10, TimeUnit.SECONDS)).isEqualTo(ScriptedStream.Signal.READY);
    }
  }

  /** What was asked of the stream next, other than to go on. */
  private static Object asked(ScriptedStream stream) throws InterruptedException {
    Object asked;
    do {
      asked = stream.asked.poll(10, TimeUnit.SECONDS);
    } while (asked == ScriptedStream.Signal.READY);
    return asked;
  }

  private static dev.kvorum.store.WatchRequest watchOf(String key) {
    return new dev.kvorum.store.WatchRequest(
        KeyRange.single(Bytes.utf8(key)), 0, false, false, false, false, false);
  }

  private static Event put(String key, Bytes value) {
    return Event.put(KeyValue.of(Bytes.utf8(key), 8, 8, 1, value, 0), null);
  }

  @Test
  void renewalsAreAnsweredInOrderAndTheStreamEndsWithItsBody() throws Exception {
    store.answer = request -> new LeaseKeepAlive(7, ((ScriptedStore.KeepAlive) request).id(), 60);

    HttpResponse<String> response =
        post("/v3/lease/keepalive", "{\"ID\":\"1\"}\n{\"ID\":\"2\"} {\"ID\":3}");

    assertThat(response.body().lines().toList())
        .hasSize(3)
        .allMatch(line -> line.startsWith("{\"result\":{\"header\":"))
        .satisfiesExactly(
            one -> assertThat(one).contains("\"ID\":\"1\""),
            two -> assertThat(two).contains("\"ID\":\"2\""),
            three -> assertThat(three).contains("\"ID\":\"3\""));
  }

  @Test
  void nonsenseInAStreamEndsItWithAnError() throws Exception {
    assertThat(post("/v3/watch", "nonsense").statusCode()).isEqualTo(400);
    store.answer = request -> new LeaseKeepAlive(7, 1, 60);

    HttpResponse<String> late = post("/v3/lease/keepalive", "{\"ID\":1}{\"ID\":{}}");

    assertThat(late.body()).contains("\"code\":3");
  }

  @Test
  void aBodyThatComesInPiecesIsOneRequest() throws Exception {
    try (Socket socket = connect()) {
      say(
          socket,
          "POST /v3/kv/range HTTP/1.1\nHost: a\nConnection: close\nTransfer-Encoding: chunked\n\n");
      for (char c : "{\"key\":\"YQ==\"}".toCharArray()) {
        say(socket, "1\n" + c + "\n");
      }
      say(socket, "0\n\n");
      assertThat(reader(socket).lines()).contains("HTTP/1.1 200 OK");
    }
    assertThat(store.asked.poll(10, TimeUnit.SECONDS)).isInstanceOf(RangeRequest.class);
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws Exception {
    int requests = 200;
    try (Socket socket = connect()) {
      String one = "POST /v3/kv/range HTTP/1.1\nHost: a\nContent-Length: 14\n\n{\"key\":\"YQ==\"}";
      say(socket, one.repeat(requests));
      say(socket, "GET /version HTTP/1.1\nHost: a\nConnection: close\n\n");

      List<String> statuses =
          reader(socket).lines().filter(line -> line.contains("HTTP/1.1 ")).toList();

      assertThat(statuses).hasSize(requests + 1).allMatch(line -> line.endsWith("200 OK"));
    }
  }

  @Test
  void aBodyThatIsExpectedToBeWantedIsAskedFor() throws Exception {
    try (Socket socket = connect()) {
      say(
          socket,
          "POST /v3/kv/range HTTP/1.1\nHost: a\nContent-Length: 14\nExpect: 100-continue\n\n");
      BufferedReader lines = reader(socket);
      assertThat(lines.readLine()).isEqualTo("HTTP/1.1 100 Continue");
      assertThat(lines.readLine()).isEmpty();
      say(socket, "{\"key\":\"YQ==\"}");
      assertThat(lines.readLine()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void anEndlessBodyIsNotTaken() throws Exception {
    try (Socket socket = connect()) {
      say(socket, "POST /v3/kv/range HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n");
      CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
        try {
          String chunk = "4000\n" + "\"".repeat(1) + "a".repeat(0x4000 - 1) + "\n";
          say(socket, chunk);
          while (true) {
            say(socket, "4000\n" + "a".repeat(0x4000) + "\n");
          }
        } catch (IOException e) {
          // refused, as it should be
        }
      });
      assertThat(reader(socket).readLine()).isEqualTo("HTTP/1.1 429 Too Many Requests");
      sending.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aLargeMessageIsRefusedInTheWordsOfGrpc() throws Exception {
    HttpResponse<String> response =
        post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"" + "QUFB".repeat(800_000) + "\"}");

    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.body())
        .isEqualTo("{\"code\":8,\"message\":\"grpc: received message larger than max"
            + " (2400008 vs. 2097152)\"}");
  }

  @Test
  void manyStreamsAreServedAtOnce() throws Exception {
    List<CompletableFuture<HttpResponse<java.io.InputStream>>> watches = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      watches.add(http.sendAsync(
          request("/v3/watch")
              .POST(HttpRequest.BodyPublishers.ofString("{\"create_request\":{\"key\":\"YQ==\"}}"))
              .build(),
          HttpResponse.BodyHandlers.ofInputStream()));
    }
    for (int i = 0; i < watches.size(); i++) {
      store.streams.poll(30, TimeUnit.SECONDS).say(sink -> sink.created(0, 7));
    }
    for (CompletableFuture<HttpResponse<java.io.InputStream>> watch : watches) {
      watch.get(30, TimeUnit.SECONDS).body().close();
    }
    assertThat(post("/v3/kv/range", "{\"key\":\"YQ==\"}").statusCode()).isEqualTo(200);
  }

  @Test
  void aWebSocketCarriesAStreamBothWays() throws Exception {
    Conversation conversation = new Conversation();
    WebSocket socket = http.newWebSocketBuilder()
        .subprotocols("Bearer", "secret")
        .buildAsync(
            URI.create("ws://127.0.0.1:" + server.clientAddresses().get(0).getPort() + "/v3/watch"),
            conversation)
        .get(10, TimeUnit.SECONDS);
    assertThat(socket.getSubprotocol()).isEqualTo("Bearer");

    socket.sendText("{\"create_request\":", false).get(10, TimeUnit.SECONDS);
    socket.sendText("{\"key\":\"YQ==\"}}", true).get(10, TimeUnit.SECONDS);
    ScriptedStream stream = store.streams.poll(10, TimeUnit.SECONDS);
    assertThat(asked(stream)).isInstanceOf(ScriptedStream.Create.class);
    stream.say(sink -> sink.created(5, 7));
    assertThat(conversation.messages.poll(10, TimeUnit.SECONDS))
        .startsWith("{\"result\":")
        .contains("\"created\":true");
    socket.sendText("{\"cancel_request\":{\"watch_id\":5}}", true).get(10, TimeUnit.SECONDS);
    assertThat(asked(stream)).isEqualTo(new ScriptedStream.Cancel(5));
    socket.sendPing(java.nio.ByteBuffer.wrap(new byte[] {1})).get(10, TimeUnit.SECONDS);
    assertThat(conversation.messages.poll(10, TimeUnit.SECONDS)).isEqualTo("pong");
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(10, TimeUnit.SECONDS);
    assertThat(asked(stream)).isEqualTo(ScriptedStream.Signal.CLOSED);
    assertThat(conversation.messages.poll(10, TimeUnit.SECONDS)).isEqualTo("closed 1000");
  }

  @Test
  void aWebSocketCarriesACallToo() throws Exception {
    Conversation conversation = new Conversation();
    WebSocket socket = http.newWebSocketBuilder()
        .buildAsync(
            URI.create(
                "ws://127.0.0.1:" + server.clientAddresses().get(0).getPort() + "/v3/kv/range"),
            conversation)
        .get(10, TimeUnit.SECONDS);

    socket.sendText("{\"key\":\"YQ==\"}", true).get(10, TimeUnit.SECONDS);

    assertThat(conversation.messages.poll(10, TimeUnit.SECONDS)).contains("\"revision\":\"7\"");
    assertThat(conversation.messages.poll(10, TimeUnit.SECONDS)).isEqualTo("closed 1000");
  }

  private static final class Conversation implements WebSocket.Listener {
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      messages.add(data.toString());
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onPong(WebSocket socket, java.nio.ByteBuffer message) {
      messages.add("pong");
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      messages.add("closed " + code);
      return CompletableFuture.completedFuture(null);
    }
  }

  @Test
  void aWebPageIsRefusedUnlessItIsNamed() throws Exception {
    for (String contentType : List.of("text/plain", "application/json", "multipart/form-data")) {
      HttpResponse<String> response = post(
          "/v3/kv/put",
          "{\"key\":\"YQ==\"}",
          "Origin",
          "http://elsewhere.example",
          "Content-Type",
          contentType);
      assertThat(response.statusCode()).isEqualTo(403);
      assertThat(response.headers().map()).doesNotContainKey("access-control-allow-origin");
    }
    assertThat(store.asked).isEmpty();

    serveAnew(new HttpConfig(
        List.of(), true, new AccessRules(Set.of("http://here.example"), Set.of()), false));

    assertThat(post("/v3/kv/range", "{\"key\":\"YQ==\"}", "Origin", "http://elsewhere.example")
            .statusCode())
        .isEqualTo(403);
    HttpResponse<String> named =
        post("/v3/kv/range", "{\"key\":\"YQ==\"}", "Origin", "http://here.example");
    assertThat(named.statusCode()).isEqualTo(200);
    assertThat(named.headers().firstValue("access-control-allow-origin"))
        .hasValue("http://here.example");
    HttpResponse<String> asking = http.send(
        request("/v3/kv/range")
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .header("Origin", "http://here.example")
            .build(),
        HttpResponse.BodyHandlers.ofString());
    assertThat(asking.statusCode()).isEqualTo(200);
    assertThat(asking.headers().firstValue("access-control-allow-methods"))
        .hasValue("POST, GET, OPTIONS, PUT, DELETE");
    assertThat(asking.headers().firstValue("access-control-allow-headers"))
        .hasValue("accept, content-type, authorization");
  }

  @Test
  void aNameThatIsNotOnTheListIsMisdirected() throws Exception {
    serveAnew(new HttpConfig(
        List.of(), true, new AccessRules(Set.of(), Set.of("db.example", "127.0.0.1")), false));

    assertThat(post("/v3/kv/range", "{\"key\":\"YQ==\"}").statusCode()).isEqualTo(200);
    for (String path : List.of("/v3/kv/range", "/health", "/nothing")) {
      try (Socket socket = connect()) {
        say(socket, "POST " + path + " HTTP/1.1\nHost: evil.example:2379\nConnection: close\n\n");
        assertThat(reader(socket).readLine()).isEqualTo("HTTP/1.1 421 Misdirected Request");
      }
    }
    try (Socket socket = connect()) {
      say(socket, "GET /version HTTP/1.1\nHost: db.example:2379\nConnection: close\n\n");
      assertThat(reader(socket).readLine()).isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void aRequestWithoutAHostOrWithTwoIsRefused() throws Exception {
    for (String hosts : List.of("", "Host: a\nHost: b\n")) {
      try (Socket socket = connect()) {
        say(socket, "GET /version HTTP/1.1\n" + hosts + "\n");
        assertThat(reader(socket).readLine()).isEqualTo("HTTP/1.1 400 Bad Request");
      }
    }
  }

  @Test
  void theGatewayCanBeSwitchedOff() throws Exception {
    serveAnew(new HttpConfig(List.of(), false, AccessRules.OPEN, false));

    HttpResponse<String> response = post("/v3/kv/range", "{\"key\":\"YQ==\"}");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).isEqualTo("404 page not found\n");
  }

  @Test
  void httpOnAPortOfItsOwnLeavesTheClientPortToGrpc() throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    serveAnew(new HttpConfig(List.of(anyPort), true, AccessRules.OPEN, false));

    try (Socket socket = connect()) {
      say(socket, "GET /version HTTP/1.1\nHost: a\n\n");
      assertThat(reader(socket).readLine()).isNull();
    }
    try (Socket socket = new Socket(
        InetAddress.getLoopbackAddress(), server.httpAddresses().get(0).getPort())) {
      socket.setSoTimeout(30_000);
      say(socket, "POST /v3/kv/range HTTP/1.1\nHost: a\nContent-Length: 14\n\n");
      say(socket, "{\"key\":\"YQ==\"}");
      assertThat(reader(socket).readLine()).isEqualTo("HTTP/1.1 200 OK");
    }
  }
}
