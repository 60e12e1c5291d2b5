package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.grpc.gateway.JsonGateway;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.ElectionGrpc;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LockGrpc;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The same requests to the JSON gateway of a real etcd and to ours, answer by answer. */
class GatewayDuelIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What two clusters cannot have in common. */
  private static final Set<String> OWN = Set.of("cluster_id", "member_id", "raft_term");

  /**
   * A request.
   *
   * @param lines how many lines of the response to read; 0 for all of it
   */
  private record Call(String method, String path, String body, int lines) {
    static Call post(String path, String body) {
      return new Call("POST", path, body, 0);
    }

    @Override
    public String toString() {
      return method + " " + path + " " + (body.length() > 200 ? body.length() + " bytes" : body);
    }
  }

  /** An answer without what is a server's own. */
  private record Said(int status, String contentType, String text) {}

  @Test
  void theGatewayAnswersAsEtcds() throws Exception {
    Subject.Factory ours = Subjects.fromPropertiesOrSkip();
    try (Subject etcd = EtcdProcess.etcd(Peers.etcdOrSkip()).start();
        Subject subject = ours.start();
        HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      List<String> expected = new ArrayList<>();
      List<String> actual = new ArrayList<>();
      for (Call call : calls()) {
        expected.add(call + "\n  -> " + said(http, etcd, call));
        actual.add(call + "\n  -> " + said(http, subject, call));
      }
      assertThat(actual).containsExactlyElementsOf(expected);
    }
  }

  /** Whatever it says to this body, it is not that there is no such path. */
  @Test
  void everyPathIsOneOfEtcds() throws Exception {
    Set<String> paths = new JsonGateway(
            List.of(
                KVGrpc.getServiceDescriptor(),
                LeaseGrpc.getServiceDescriptor(),
                ClusterGrpc.getServiceDescriptor(),
                MaintenanceGrpc.getServiceDescriptor(),
                AuthGrpc.getServiceDescriptor(),
                LockGrpc.getServiceDescriptor(),
                ElectionGrpc.getServiceDescriptor()),
            List.of(),
            List.of(),
            1)
        .paths();
    assertThat(paths).hasSizeGreaterThan(40);
    try (Subject etcd = EtcdProcess.etcd(Peers.etcdOrSkip()).start();
        HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (String path : paths) {
        assertThat(said(http, etcd, Call.post(path, "[]")).status()).as(path).isNotEqualTo(404);
      }
    }
  }

  private static List<Call> calls() {
    List<Call> calls = new ArrayList<>();
    golden(calls);
    leases(calls);
    streams(calls);
    oddInputs(calls);
    routing(calls);
    return calls;
  }

  private static void golden(List<Call> calls) {
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"YQ==\"}"));
    calls.add(Call.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"MQ==\"}"));
    calls.add(Call.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"Mg==\",\"prev_kv\":true}"));
    calls.add(Call.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"Mg==\",\"prevKv\":true}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"YQ==\",\"range_end\":\"AA==\"}"));
    calls.add(
        Call.post("/v3/kv/range", "{\"key\":\"AA==\",\"rangeEnd\":\"AA==\",\"limit\":\"1\"}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"YQ==\",\"revision\":2}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"YQ==\",\"revision\":\"99\"}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"YQ==\",\"revision\":1e0}"));
    calls.add(Call.post(
        "/v3/kv/range",
        "{\"key\":\"AA==\",\"range_end\":\"AA==\",\"sort_order\":\"DESCEND\",\"sort_target\":3}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"YQ==\",\"sort_order\":77}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"YQ==\",\"count_only\":true}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"YQ==\",\"keys_only\":true}"));
    // The shape in which Patroni takes and keeps a lock.
    String patroni =
        "{\"compare\":[{\"key\":\"bGVhZGVy\",\"target\":\"CREATE\",\"create_revision\":\"0\"}],"
            + "\"success\":[{\"request_put\":{\"key\":\"bGVhZGVy\",\"value\":\"bTE=\"}}],"
            + "\"failure\":[{\"request_range\":{\"key\":\"bGVhZGVy\"}}]}";
    calls.add(Call.post("/v3/kv/txn", patroni));
    calls.add(Call.post("/v3/kv/txn", patroni));
    calls.add(Call.post("/v3beta/kv/txn", patroni));
    calls.add(Call.post(
        "/v3/kv/txn",
        "{\"compare\":[{\"key\":\"bGVhZGVy\",\"result\":\"EQUAL\",\"target\":\"VALUE\",\"value\":\"bTE=\"}],"
            + "\"success\":[{\"request_delete_range\":{\"key\":\"bGVhZGVy\"}},"
            + "{\"request_txn\":{\"success\":[{\"requestRange\":{\"key\":\"YQ==\"}}]}}]}"));
    calls.add(
        Call.post(
            "/v3/kv/txn",
            "{\"success\":[{\"request_put\":{\"key\":\"ZA==\"}},{\"request_put\":{\"key\":\"ZA==\"}}]}"));
    calls.add(Call.post("/v3/kv/txn", "{\"success\":[{}]}"));
    calls.add(Call.post("/v3/kv/txn", "{}"));
    calls.add(Call.post("/v3/kv/deleterange", "{\"key\":\"enp6\"}"));
    calls.add(Call.post("/v3/kv/deleterange", "{\"key\":\"YQ==\",\"prev_kv\":true}"));
    calls.add(Call.post("/v3/kv/compaction", "{\"revision\":\"3\"}"));
    calls.add(Call.post("/v3/kv/compaction", "{\"revision\":\"3\"}"));
    calls.add(Call.post("/v3/kv/compaction", "{\"revision\":\"300\"}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"YQ==\",\"revision\":2}"));
    calls.add(Call.post("/v3/kv/put", "{\"key\":\"+/8=\",\"value\":\"_-8=\"}"));
    calls.add(Call.post("/v3/kv/put", "{\"key\":\"-_8\",\"value\":\"\\u005f-8\"}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"-_8=\"}"));
    calls.add(Call.post("/v3/kv/put", "{\"value\":\"MQ==\"}"));
    calls.add(Call.post("/v3/kv/put", "{\"key\":\"bm8=\",\"ignore_value\":true}"));
    calls.add(Call.post("/v3/kv/put", "{\"key\":\"bm8=\",\"lease\":\"5\"}"));
  }

  private static void leases(List<Call> calls) {
    calls.add(Call.post("/v3/lease/grant", "{\"TTL\":\"600\",\"ID\":\"16\"}"));
    calls.add(Call.post("/v3/lease/grant", "{\"TTL\":600,\"ID\":16}"));
    calls.add(Call.post("/v3/lease/grant", "{\"TTL\":\"9000000001\",\"ID\":\"17\"}"));
    calls.add(Call.post("/v3/kv/put", "{\"key\":\"bA==\",\"value\":\"MQ==\",\"lease\":\"16\"}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"bA==\"}"));
    calls.add(Call.post("/v3/lease/leases", "{}"));
    calls.add(Call.post("/v3/kv/lease/leases", ""));
    calls.add(Call.post("/v3/lease/keepalive", "{\"ID\":\"16\"}"));
    calls.add(Call.post("/v3/lease/keepalive", "{\"ID\":\"16\"}{\"ID\":\"404\"}\n{\"ID\":16}"));
    calls.add(Call.post("/v3/lease/timetolive", "{\"ID\":\"404\",\"keys\":true}"));
    calls.add(Call.post("/v3/lease/revoke", "{\"ID\":\"16\"}"));
    calls.add(Call.post("/v3/kv/lease/revoke", "{\"ID\":\"16\"}"));
    calls.add(Call.post("/v3/kv/range", "{\"key\":\"bA==\"}"));
  }

  private static void streams(List<Call> calls) {
    calls.add(new Call(
        "POST",
        "/v3/watch",
        "{\"create_request\":{\"key\":\"AA==\",\"range_end\":\"AA==\",\"start_revision\":\"4\"}}",
        2));
    calls.add(new Call(
        "POST",
        "/v3/watch",
        "{\"createRequest\":{\"key\":\"YQ==\",\"startRevision\":2,\"watch_id\":7}}",
        2));
    calls.add(new Call(
        "POST",
        "/v3/watch",
        "{\"create_request\":{\"key\":\"YQ==\"}}{\"create_request\":{\"key\":\"Yg==\"}}"
            + "{\"cancel_request\":{\"watch_id\":\"0\"}}",
        3));
    calls.add(new Call(
        "POST", "/v3/watch", "{\"create_request\":{\"key\":\"Yg==\",\"range_end\":\"YQ==\"}}", 1));
  }

  private static void oddInputs(List<Call> calls) {
    for (String body : List.of(
        "",
        " ",
        "{",
        "[]",
        "null",
        "5",
        "\"key\"",
        "nonsense",
        "{\"key\":}",
        "{\"key\":5}",
        "{\"key\":true}",
        "{\"key\":null}",
        "{\"key\":\"%\"}",
        "{\"key\":\"Y\"}",
        "{\"key\":\"YQ=\"}",
        "{\"key\":\"YQ\"}",
        "{\"key\":\"YQ==\",\"key\":\"YQ==\"}",
        "{\"range_end\":\"YQ==\",\"rangeEnd\":\"YQ==\",\"key\":\"YQ==\"}",
        "{\"key\":\"YQ==\",\"limit\":\"x\"}",
        "{\"key\":\"YQ==\",\"limit\":\"\"}",
        "{\"key\":\"YQ==\",\"limit\":1.5}",
        "{\"key\":\"YQ==\",\"limit\":1.0}",
        "{\"key\":\"YQ==\",\"limit\":\"1e1\"}",
        "{\"key\":\"YQ==\",\"limit\":\" 1\"}",
        "{\"key\":\"YQ==\",\"limit\":\"+1\"}",
        "{\"key\":\"YQ==\",\"limit\":9223372036854775808}",
        "{\"key\":\"YQ==\",\"limit\":-9223372036854775808}",
        "{\"key\":\"YQ==\",\"serializable\":\"true\"}",
        "{\"key\":\"YQ==\",\"serializable\":1}",
        "{\"key\":\"YQ==\",\"sort_order\":\"NOPE\"}",
        "{\"key\":\"YQ==\",\"sort_order\":\"1\"}",
        "{\"key\":\"YQ==\",\"sort_order\":-1}",
        "{\"key\":\"YQ==\",\"nope\":{\"a\":[1,2,{}]}}",
        "{\"key\":\"YQ==\"} trailing",
        "{\"key\":\"YQ==\",}",
        "{\"Key\":\"YQ==\"}",
        "{\"key\":[\"YQ==\"]}",
        "{\"key\":\"YQ==\\n\"}",
        "{\"key\":\"\\ud800\"}",
        "\ufeff{\"key\":\"YQ==\"}")) {
      calls.add(Call.post("/v3/kv/range", body));
    }
    calls.add(
        Call.post("/v3/kv/txn", "{\"compare\":[{\"key\":\"YQ==\",\"version\":1,\"lease\":1}]}"));
    calls.add(Call.post("/v3/kv/txn", "{\"success\":{}}"));
    calls.add(Call.post("/v3/kv/txn", "{\"success\":[null]}"));
    calls.add(
        Call.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"" + "QUFB".repeat(600_000) + "\"}"));
    calls.add(
        Call.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"" + "QUFB".repeat(900_000) + "\"}"));
  }

  private static void routing(List<Call> calls) {
    calls.add(new Call("GET", "/v3/kv/range", "", 0));
    calls.add(new Call("PUT", "/v3/kv/range", "{}", 0));
    calls.add(new Call("DELETE", "/v3/watch", "", 0));
    calls.add(new Call("GET", "/v3/nothing", "", 0));
    for (String path : List.of(
        "/v3/nothing",
        "/v3/",
        "/v3/kv/range/",
        "/v3/KV/range",
        "/v3/kv/rangestream",
        "/v3alpha/kv/range",
        "/v4/kv/range",
        "/")) {
      calls.add(Call.post(path, "{}"));
    }
    calls.add(Call.post("/v3/kv/range?key=YQ==", "{\"key\":\"YQ==\"}"));
    calls.add(new Call("GET", "/health", "", 0));
    calls.add(new Call("GET", "/health?serializable=true", "", 0));
    calls.add(Call.post("/health", ""));
    calls.add(new Call("GET", "/livez", "", 0));
    calls.add(new Call("GET", "/livez?verbose", "", 0));
    calls.add(new Call("GET", "/livez/serializable_read?verbose", "", 0));
    calls.add(new Call("GET", "/readyz", "", 0));
    calls.add(new Call("GET", "/readyz?exclude=linearizable_read&exclude=nope", "", 0));
    calls.add(new Call("GET", "/readyz/non_learner?verbose", "", 0));
    calls.add(new Call("GET", "/readyz/nope", "", 0));
    calls.add(Call.post("/readyz", ""));
    calls.add(new Call("GET", "/version", "", 0));
    calls.add(Call.post("/version", ""));
  }

  private static Said said(HttpClient http, Subject server, Call call)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://" + server.address() + call.path()))
        .method(call.method(), HttpRequest.BodyPublishers.ofString(call.body()))
        .timeout(Duration.ofSeconds(30))
        .build();
    var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    List<String> lines = new ArrayList<>();
    try (BufferedReader body =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      String line;
      while ((call.lines() == 0 || lines.size() < call.lines())
          && (line = body.readLine()) != null) {
        lines.add(canonical(line, response.statusCode()));
      }
    }
    return new Said(
        response.statusCode(),
        response.headers().firstValue("content-type").orElse("none"),
        String.join("\n     ", lines));
  }

  /** One way to write it, without what is a server's own. */
  private static String canonical(String line, int status) throws IOException {
    if (!line.startsWith("{")) {
      return line;
    }
    JsonNode tree = JSON.readTree(line);
    JsonNode message = tree.path("message");
    if (status == 400 && message.isTextual() && !message.textValue().startsWith("etcdserver: ")) {
      ((ObjectNode) tree).put("message", "in a parser's own words");
    }
    return sorted(tree).toString();
  }

  private static JsonNode sorted(JsonNode node) {
    if (node instanceof ObjectNode object) {
      TreeMap<String, JsonNode> fields = new TreeMap<>();
      object.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
      ObjectNode sorted = JSON.createObjectNode();
      fields.forEach((name, value) -> {
        if (OWN.contains(name)) {
          sorted.put(name, "its own");
        } else {
          sorted.set(name, sorted(value));
        }
      });
      return sorted;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode sorted = JSON.createArrayNode();
      array.forEach(element -> sorted.add(sorted(element)));
      return sorted;
    }
    return node;
  }
}
