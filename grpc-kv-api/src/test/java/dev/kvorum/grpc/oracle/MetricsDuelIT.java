package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.grpc.metrics.Exposition;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is named as etcd names it is what etcd means by that, and has all that the usual dashboards and alerts ask for. */
class MetricsDuelIT {
  /** Asked for by etcd's own dashboards and alerts. */
  private static final List<String> ASKED_FOR = List.of(
      "etcd_server_has_leader",
      "etcd_server_leader_changes_seen_total",
      "etcd_server_is_leader",
      "etcd_server_proposals_failed_total",
      "etcd_server_proposals_committed_total",
      "etcd_server_proposals_applied_total",
      "etcd_server_proposals_pending",
      "etcd_server_quota_backend_bytes",
      "etcd_network_peer_sent_failures_total",
      "etcd_network_peer_round_trip_time_seconds",
      "etcd_network_client_grpc_received_bytes_total",
      "etcd_network_client_grpc_sent_bytes_total",
      "etcd_disk_wal_fsync_duration_seconds",
      "etcd_disk_backend_commit_duration_seconds",
      "etcd_debugging_server_alarms",
      "etcd_mvcc_db_total_size_in_bytes",
      "etcd_mvcc_db_total_size_in_use_in_bytes",
      "grpc_server_started_total",
      "grpc_server_handled_total",
      "process_resident_memory_bytes",
      "process_cpu_seconds_total");

  @Test
  void namesOfEtcdsMeanWhatTheyMeanInEtcd() throws Exception {
    try (Subject etcd = EtcdProcess.etcd(Peers.etcdOrSkip()).start();
        Subject subject = KvorumServer.start();
        HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      HttpRequest put = HttpRequest.newBuilder(
              URI.create("http://" + subject.address() + "/v3/kv/put"))
          .POST(HttpRequest.BodyPublishers.ofString("{\"key\":\"YQ==\"}"))
          .build();
      assertThat(http.send(put, HttpResponse.BodyHandlers.discarding()).statusCode())
          .isEqualTo(200);
      Map<String, String> theirs = types(http, etcd);
      Map<String, String> ours = types(http, subject);

      Map<String, String> inCommon = new TreeMap<>(ours);
      inCommon.keySet().retainAll(theirs.keySet());
      assertThat(theirs).containsAllEntriesOf(inCommon);
      assertThat(page(http, subject).samples())
          .hasEntrySatisfying(
              "etcd_disk_wal_fsync_duration_seconds_count{}", MetricsDuelIT::isPositive)
          .hasEntrySatisfying(
              "etcd_disk_backend_commit_duration_seconds_count{}", MetricsDuelIT::isPositive);
      assertThat(ours).containsKeys(ASKED_FOR.toArray(String[]::new));
    }
  }

  /** Paths of the gateway and what is sent there: two puts, one of them in a transaction, and so on. */
  private static final List<String> CALLS = List.of(
      "kv/put {\"key\":\"YQ==\",\"value\":\"eA==\"}",
      "kv/range {\"key\":\"YQ==\"}",
      "kv/range {\"key\":\"YQ==\",\"serializable\":true}",
      "kv/txn {\"success\":[{\"request_put\":{\"key\":\"Yg==\"}},{\"request_range\":{\"key\":\"YQ==\"}}]}",
      "kv/txn {\"success\":[{\"request_range\":{\"key\":\"YQ==\"}},{\"request_range\":{\"key\":\"Yg==\"}}]}",
      "kv/txn {\"success\":[{\"request_delete_range\":{\"key\":\"Yg==\"}}]}",
      "kv/deleterange {\"key\":\"bm90aGluZw==\"}",
      "kv/put {\"key\":\"YQ==\",\"lease\":\"77\"}", // refused
      "lease/grant {\"TTL\":\"60\",\"ID\":\"5\"}",
      "lease/grant {\"TTL\":\"60\",\"ID\":\"5\"}", // refused
      "lease/grant {\"TTL\":\"60\",\"ID\":\"6\"}",
      "lease/keepalive {\"ID\":\"5\"}",
      "lease/revoke {\"ID\":\"6\"}");

  private static final List<String> OPERATIONS = List.of(
      "etcd_mvcc_put_total{}",
      "etcd_mvcc_range_total{}",
      "etcd_mvcc_delete_total{}",
      "etcd_mvcc_txn_total{}",
      "etcd_debugging_lease_granted_total{}",
      "etcd_debugging_lease_revoked_total{}",
      "etcd_debugging_lease_renewed_total{}");

  @Test
  void operationsAreCountedAsEtcdCountsThem() throws Exception {
    try (Subject etcd = EtcdProcess.etcd(Peers.etcdOrSkip()).start();
        Subject subject = KvorumServer.start();
        HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      assertThat(counted(http, subject)).isEqualTo(counted(http, etcd));
    }
  }

  /** By how much the calls move the counters. */
  private static Map<String, Double> counted(HttpClient http, Subject server) throws Exception {
    Map<String, Double> before = operations(http, server);
    for (String call : CALLS) {
      int space = call.indexOf(' ');
      URI uri = URI.create("http://" + server.address() + "/v3/" + call.substring(0, space));
      HttpRequest request = HttpRequest.newBuilder(uri)
          .POST(HttpRequest.BodyPublishers.ofString(call.substring(space + 1)))
          .build();
      http.send(request, HttpResponse.BodyHandlers.discarding());
    }
    Map<String, Double> moved = new TreeMap<>(operations(http, server));
    before.forEach((name, value) -> moved.merge(name, -value, Double::sum));
    return moved;
  }

  private static Map<String, Double> operations(HttpClient http, Subject server)
      throws IOException, InterruptedException {
    Map<String, Double> values = new TreeMap<>();
    text(http, server).lines().forEach(line -> {
      int space = line.indexOf(' ');
      String name = space < 0 ? line : line.substring(0, space) + "{}";
      if (OPERATIONS.contains(name)) {
        values.put(name, Double.parseDouble(line.substring(space + 1)));
      }
    });
    return values;
  }

  private static void isPositive(double value) {
    assertThat(value).isPositive();
  }

  private static Exposition page(HttpClient http, Subject server)
      throws IOException, InterruptedException {
    return Exposition.parse(text(http, server));
  }

  private static Map<String, String> types(HttpClient http, Subject server)
      throws IOException, InterruptedException {
    String page = text(http, server);
    return server.name().equals("etcd") ? typesOf(page) : Exposition.parse(page).types();
  }

  private static String text(HttpClient http, Subject server)
      throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://" + server.address() + "/metrics"))
        .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  /** etcd has summaries too, which we do not read. */
  private static Map<String, String> typesOf(String page) {
    Map<String, String> types = new TreeMap<>();
    page.lines().filter(line -> line.startsWith("# TYPE ")).forEach(line -> {
      String[] words = line.split(" ", -1);
      types.put(words[2], words[3]);
    });
    return types;
  }
}
