package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kvorum.grpc.http.AccessRules;
import dev.kvorum.grpc.metrics.Exposition;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.store.Alarm;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreStatus;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same port speaks HTTP/1.1. */
class HttpIT {
  private final ScriptedStore store = new ScriptedStore();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private KvServer server;

  @BeforeEach
  void start() throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = KvServer.start(store, ServerConfig.on(anyPort).withMetricsOn(anyPort));
    store.answer = request -> new RangeResult(7, List.of(), false, 0);
  }

  @AfterEach
  void stop() {
    http.close();
    server.close();
  }

  @Test
  void onePortServesBothProtocols() throws Exception {
    ManagedChannel channel = NettyChannelBuilder.forAddress(
            server.clientAddresses().get(0))
        .usePlaintext()
        .build();
    try {
      KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
      RangeRequest range =
          RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build();
      for (int i = 0; i < 3; i++) {
        assertThat(kv.range(range).getHeader().getRevision()).isEqualTo(7);
        assertThat(get("/health").body()).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
      }
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void aRequestMayArriveInPieces() throws Exception {
    try (Socket socket = new Socket(
        InetAddress.getLoopbackAddress(), server.clientAddresses().get(0).getPort())) {
      socket.setSoTimeout(20_000);
      socket.setTcpNoDelay(true);
      for (String piece : List.of("GET /ver", "sion HTTP/1.1\r\nHo", "st: x\r\n", "\r\n")) {
        socket.getOutputStream().write(piece.getBytes(StandardCharsets.US_ASCII));
        // Another request in between, so that the piece arrives alone.
        assertThat(get("/health").statusCode()).isEqualTo(200);
      }
      assertThat(new String(socket.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 200 OK");
    }
  }

  @Test
  void versionIsThatOfTheEtcdItBehavesAs() throws Exception {
    assertThat(get("/version").body())
        .isEqualTo("{\"etcdserver\":\"3.7.1\",\"etcdcluster\":\"3.7.0\",\"storage\":\"3.7.0\"}");
  }

  @Test
  void healthNeedsALeaderUnlessAskedOtherwise() throws Exception {
    store.leaderlessMillis = 5;

    HttpResponse<String> unhealthy = get("/health");
    assertThat(unhealthy.statusCode()).isEqualTo(503);
    assertThat(unhealthy.body())
        .isEqualTo("{\"health\":\"false\",\"reason\":\"RAFT NO LEADER\"}\n");
    assertThat(unhealthy.headers().firstValue("content-type"))
        .hasValue("text/plain; charset=utf-8");
    assertThat(get("/health?serializable=true&exclude=NOSPACE").statusCode()).isEqualTo(200);
  }

  @Test
  void healthSaysWhyAReadFailed() throws Exception {
    store.answer = request -> StoreException.of(StoreException.Kind.TIMEOUT);

    HttpResponse<String> unhealthy = get("/health");

    assertThat(unhealthy.statusCode()).isEqualTo(503);
    assertThat(unhealthy.body()).contains("RANGE ERROR:etcdserver: request timed out");
  }

  @Test
  void alarmsAreIllHealthUnlessTheyAreExcluded() throws Exception {
    store.status = withAlarms(new Alarm(1, Alarm.Type.NO_SPACE));

    assertThat(get("/health").body())
        .isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}\n");
    assertThat(get("/health?exclude=NOSPACE").statusCode()).isEqualTo(200);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);

    store.status = withAlarms(new Alarm(1, Alarm.Type.CORRUPT));

    assertThat(get("/health?exclude=NOSPACE").body())
        .isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM CORRUPT\"}\n");
    assertThat(get("/readyz").body())
        .contains("[-]data_corruption failed: alarm activated: CORRUPT\n");
    assertThat(get("/readyz?exclude=data_corruption").statusCode()).isEqualTo(200);
  }

  private static StoreStatus withAlarms(Alarm... alarms) {
    return new StoreStatus(
        7, 2, ScriptedStore.IDENTITY.memberId(), 3, 20, 19, 4096, 1024, false, List.of(alarms));
  }

  @Test
  void livezAndReadyzRunTheirChecks() throws Exception {
    assertThat(get("/livez").body()).isEqualTo("ok\n");
    assertThat(get("/readyz?verbose").body()).isEqualTo("""
            [+]data_corruption ok
            [+]serializable_read ok
            [+]linearizable_read ok
            [+]non_learner ok
            ok
            """);
    assertThat(get("/livez/serializable_read").statusCode()).isEqualTo(200);
    assertThat(get("/livez/linearizable_read").statusCode()).isEqualTo(404);

    store.answer = request -> ((dev.kvorum.store.RangeRequest) request).serializable()
        ? new RangeResult(7, List.of(), false, 0)
        : StoreException.of(StoreException.Kind.NO_LEADER);
    store.status = new StoreStatus(7, 2, 0, 3, 20, 19, 4096, 1024, true, List.of());

    HttpResponse<String> notReady = get("/readyz");
    assertThat(notReady.statusCode()).isEqualTo(503);
    assertThat(notReady.body())
        .contains("[+]serializable_read ok\n")
        .contains("[-]linearizable_read failed: etcdserver: no leader\n")
        .contains("[-]non_learner failed: ");
    assertThat(get("/readyz?exclude=linearizable_read&exclude=non_learner").statusCode())
        .isEqualTo(200);
    assertThat(get("/livez").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/health", "/livez", "/readyz"})
  void stateIsOnlyToBeGot(String path) throws Exception {
    HttpResponse<String> response = http.send(
        HttpRequest.newBuilder(uri(path))
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(405);
  }

  @Test
  void anUnknownPathIsNotFound() throws Exception {
    HttpResponse<String> response = get("/nothing");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).isEqualTo("404 page not found\n");
  }

  @Test
  void metricsHaveEtcdsNames() throws Exception {
    HttpResponse<String> metrics = get("/metrics");

    assertThat(metrics.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.body())
        .contains("etcd_server_has_leader 1\n")
        .contains("etcd_server_is_leader 1\n")
        .contains("etcd_server_leader_changes_seen_total 1\n")
        .contains("# TYPE etcd_server_proposals_committed_total gauge\n")
        .contains("etcd_server_proposals_committed_total 20\n")
        .contains("etcd_mvcc_db_total_size_in_bytes 4096\n")
        .contains("etcd_mvcc_db_total_size_in_use_in_bytes 1024\n")
        .contains("etcd_server_quota_backend_bytes 2147483648\n")
        .contains("process_resident_memory_bytes ")
        .contains("process_cpu_seconds_total ")
        .contains("grpc_server_started_total{grpc_method=\"Watch\","
            + "grpc_service=\"etcdserverpb.Watch\",grpc_type=\"bidi_stream\"} 0\n")
        .contains("grpc_server_handled_total{grpc_code=\"DeadlineExceeded\",grpc_method=\"Range\","
            + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 0\n");
  }

  @Test
  void metricsAreWhatPrometheusReads() throws Exception {
    Exposition page = Exposition.parse(get("/metrics").body());

    assertThat(page.types())
        .containsEntry("etcd_server_proposals_committed_total", "gauge")
        .containsEntry("etcd_server_proposals_applied_total", "gauge")
        .containsEntry("etcd_server_health_success", "counter")
        .containsEntry("etcd_mvcc_db_total_size_in_bytes", "gauge")
        .containsEntry("grpc_server_started_total", "counter")
        .containsEntry("grpc_server_handled_total", "counter")
        .doesNotContainKey("grpc_server_handling_seconds");
  }

  @Test
  void extensiveMetricsSayHowLongMethodsTake() throws Exception {
    server.close();
    server = KvServer.start(
        store,
        ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .with(new HttpConfig(List.of(), true, AccessRules.OPEN, true)));

    assertThat(Exposition.parse(get("/metrics").body()).types())
        .containsEntry("grpc_server_handling_seconds", "histogram");
  }

  @Test
  void theStateOfRaftIsShown() throws Exception {
    assertThat(new com.fasterxml.jackson.databind.ObjectMapper()
            .readTree(get("/debug/vars").body())
            .at("/raft.status/applied")
            .asLong())
        .isEqualTo(19);
  }

  @Test
  void metricsCountCalls() throws Exception {
    ManagedChannel channel = NettyChannelBuilder.forAddress(
            server.clientAddresses().get(0))
        .usePlaintext()
        .build();
    try {
      KVGrpc.newBlockingStub(channel)
          .range(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("k")).build());
    } finally {
      channel.shutdownNow();
    }

    assertThat(get("/metrics").body())
        .contains(
            "grpc_server_started_total{grpc_method=\"Range\",grpc_service=\"etcdserverpb.KV\","
                + "grpc_type=\"unary\"} 1\n")
        .contains("grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"Range\","
            + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1\n");
  }

  @Test
  void theMetricsPortServesStateOnly() throws Exception {
    URI base = URI.create("http://127.0.0.1:" + server.metricsAddresses().get(0).getPort());

    assertThat(get(base.resolve("/metrics")).body()).contains("etcd_server_has_leader");
    assertThat(get(base.resolve("/readyz")).statusCode()).isEqualTo(200);
    assertThat(get(base.resolve("/version")).statusCode()).isEqualTo(404);
  }

  @Test
  void requestsSentAtOnceAreAnsweredInOrder() throws Exception {
    try (Socket socket = new Socket(
        InetAddress.getLoopbackAddress(), server.clientAddresses().get(0).getPort())) {
      String request = """
          GET /version HTTP/1.1
          Host: a

          GET /health HTTP/1.1
          Host: a

          GET /nothing HTTP/1.1
          Host: a
          Connection: close

          """.replace("\n", "\r\n");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));

      String answers =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

      assertThat(answers).containsSubsequence("etcdserver", "\"health\":\"true\"", "404 Not Found");
    }
  }

  @Test
  void aConnectionThatSaysNonsenseIsClosed() throws Exception {
    try (Socket socket = new Socket(
        InetAddress.getLoopbackAddress(), server.clientAddresses().get(0).getPort())) {
      socket.getOutputStream().write(new byte[] {1, 2, 3, 4, 5, '\r', '\n', '\r', '\n'});

      try (InputStream answer = socket.getInputStream()) {
        assertThat(new String(answer.readAllBytes(), StandardCharsets.US_ASCII)).contains("400");
      }
    }
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.clientAddresses().get(0).getPort() + path);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return get(uri(path));
  }

  private HttpResponse<String> get(URI uri) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
