package dev.kvorum.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kvorum.apiserver.auth.Authenticator.Authentication;
import dev.kvorum.apiserver.auth.Authenticators;
import dev.kvorum.apiserver.auth.Authorizer;
import dev.kvorum.apiserver.auth.User;
import dev.kvorum.apiserver.protobuf.Limits;
import dev.kvorum.apiserver.protobuf.ProtobufCodec;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.server.ApiClient.Answer;
import dev.kvorum.apiserver.storage.ObjectStore;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.raft.RaftConfig;
import dev.kvorum.store.raft.RaftKvStore;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API on a store of one member, without connections. */
class ApiServiceIT {
  private static final String MAPS = "/api/v1/namespaces/default/configmaps";

  @TempDir
  static Path home;

  private static RaftKvStore store;
  private static ApiService service;
  private static ApiClient client;

  @BeforeAll
  static void open() throws Exception {
    store = RaftKvStore.open(RaftConfig.builder(home.resolve("data"), "m0")
        .initialCluster(Map.of("m0", List.of("http://127.0.0.1:" + freePort())))
        .build());
    service = new ApiService(new ObjectStore(store), everybody(), "127.0.0.1:6443", "test");
    client = new ApiClient(service.handler());
  }

  private static Access everybody() {
    return new Access(
        new Authenticators(
            List.of(request -> new Authentication.Known(User.of("tester", User.MASTERS))), false),
        request -> Authorizer.Decision.ALLOWED);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  static void close() {
    service.close();
    store.close();
  }

  private static String map(String name, String value) {
    return "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name
        + "\"},\"data\":{\"a\":\"" + value + "\"}}";
  }

  private static List<String> names(JsonNode list) {
    return StreamSupport.stream(list.path("items").spliterator(), false)
        .map(each -> each.path("metadata").path("name").asText())
        .toList();
  }

  @Test
  void anObjectIsAddedReadReplacedAndDeleted() {
    Answer created = client.post(MAPS, map("life", "1"));
    assertThat(created.code()).as(created.text()).isEqualTo(201);
    JsonNode metadata = created.json().path("metadata");
    assertThat(metadata.path("uid").asText()).hasSize(36);
    assertThat(metadata.path("namespace").asText()).isEqualTo("default");
    assertThat(metadata.path("managedFields").path(0).path("manager").asText()).isEqualTo("test");

    Answer read = client.get(MAPS + "/life");
    assertThat(read.json()).isEqualTo(created.json());

    Answer again = client.post(MAPS, map("life", "1"));
    assertThat(again.code()).isEqualTo(409);
    assertThat(again.message()).isEqualTo("configmaps \"life\" already exists");

    Answer replaced = client.put(MAPS + "/life", map("life", "2"));
    assertThat(replaced.code()).as(replaced.text()).isEqualTo(200);
    assertThat(replaced.json().path("data").path("a").asText()).isEqualTo("2");
    assertThat(replaced.json().path("metadata").path("uid")).isEqualTo(metadata.path("uid"));

    Answer deleted = client.delete(MAPS + "/life");
    assertThat(deleted.code()).isEqualTo(200);
    assertThat(deleted.json().path("status").asText()).isEqualTo("Success");
    assertThat(client.get(MAPS + "/life").code()).isEqualTo(404);
  }

  @Test
  void aWriteThatChangesNothingTakesNoRevision() {
    String version = client
        .post(MAPS, map("still", "1"))
        .json()
        .path("metadata")
        .path("resourceVersion")
        .asText();
    Answer same = client.put(MAPS + "/still", map("still", "1"));
    assertThat(same.json().path("metadata").path("resourceVersion").asText()).isEqualTo(version);
    Answer patched = client.patch(MAPS + "/still", "merge-patch+json", "{}");
    assertThat(patched.json().path("metadata").path("resourceVersion").asText()).isEqualTo(version);
  }

  @Test
  void anOldStateIsNotReplaced() {
    JsonNode first = client.post(MAPS, map("raced", "1")).json();
    client.put(MAPS + "/raced", map("raced", "2"));
    Answer late = client.put(MAPS + "/raced", first.toString());
    assertThat(late.code()).isEqualTo(409);
    assertThat(late.message())
        .isEqualTo("Operation cannot be fulfilled on configmaps \"raced\": the object has been "
            + "modified; please apply your changes to the latest version and try again");
  }

  @Test
  void nothingComesIntoANamespaceThatIsNotThere() {
    Answer refused = client.post("/api/v1/namespaces/nowhere/configmaps", map("lost", "1"));
    assertThat(refused.code()).isEqualTo(404);
    assertThat(refused.message()).isEqualTo("namespaces \"nowhere\" not found");
  }

  @Test
  void aNamespaceThatGoesTakesNothingAnyMore() {
    assertThat(client
            .post(
                "/api/v1/namespaces",
                "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"going\"}}")
            .code())
        .isEqualTo(201);
    String maps = "/api/v1/namespaces/going/configmaps";
    assertThat(client
            .post(
                maps,
                map("before", "1")
                    .replace("\"name\"", "\"finalizers\":[\"example.com/f\"],\"name\""))
            .code())
        .isEqualTo(201);
    Answer deleted = client.delete("/api/v1/namespaces/going");
    assertThat(deleted.json().path("status").path("phase").asText()).isEqualTo("Terminating");
    Answer refused = client.post(maps, map("after", "1"));
    assertThat(refused.code()).isEqualTo(403);
    assertThat(refused.message())
        .isEqualTo("configmaps \"after\" is forbidden: unable to create new content in namespace "
            + "going because it is being terminated");
  }

  @Test
  void aListComesInPagesOfOneRevision() {
    for (int i = 0; i < 5; i++) {
      client.post(
          MAPS,
          map("page-" + i, "1").replace("\"name\"", "\"labels\":{\"in\":\"pages\"},\"name\""));
    }
    String list = MAPS + "?labelSelector=in%3Dpages&limit=2";
    JsonNode first = client.get(list).json();
    assertThat(names(first)).containsExactly("page-0", "page-1");
    client.delete(MAPS + "/page-3");
    String next = first.path("metadata").path("continue").asText();
    JsonNode second = client.get(list + "&continue=" + next).json();
    assertThat(names(second)).containsExactly("page-2", "page-3");
    assertThat(second.path("metadata").path("resourceVersion"))
        .isEqualTo(first.path("metadata").path("resourceVersion"));
    next = second.path("metadata").path("continue").asText();
    JsonNode third = client.get(list + "&continue=" + next).json();
    assertThat(names(third)).containsExactly("page-4");
    assertThat(third.path("metadata").has("continue")).isFalse();
  }

  @Test
  void whatFinalizersHoldGoesWithTheLastOfThem() {
    client.post(
        MAPS, map("held", "1").replace("\"name\"", "\"finalizers\":[\"example.com/f\"],\"name\""));
    Answer marked = client.delete(MAPS + "/held");
    assertThat(marked.json().path("metadata").path("deletionTimestamp").asText())
        .isNotEmpty();
    Answer more = client.patch(
        MAPS + "/held",
        "merge-patch+json",
        "{\"metadata\":{\"finalizers\":[\"example.com/f\",\"example.com/g\"]}}");
    assertThat(more.code()).isEqualTo(422);
    Answer let = client.patch(
        MAPS + "/held",
        "json-patch+json",
        "[{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]");
    assertThat(let.code()).as(let.text()).isEqualTo(200);
    assertThat(client.get(MAPS + "/held").code()).isEqualTo(404);
  }

  @Test
  void watchersSeeEveryChange() throws Exception {
    JsonNode now = client.get(MAPS).json();
    String from = now.path("metadata").path("resourceVersion").asText();
    FakeStream stream = client.watch(
        MAPS + "?watch=true&resourceVersion=" + from + "&fieldSelector=metadata.name%3Dseen");
    client.post(MAPS, map("seen", "1"));
    client.post(MAPS, map("unseen", "1"));
    client.put(MAPS + "/seen", map("seen", "2"));
    client.delete(MAPS + "/seen");
    List<String> frames = stream.await(3);
    assertThat(frames).hasSize(3);
    assertThat(frames.get(0)).startsWith("{\"type\":\"ADDED\",\"object\":{").endsWith("}\n");
    assertThat(frames.get(1)).startsWith("{\"type\":\"MODIFIED\"");
    assertThat(frames.get(2)).startsWith("{\"type\":\"DELETED\"");
    stream.close();
  }

  @Test
  void anObjectThatLeavesASelectorIsTakenAwayAsItWas() throws Exception {
    String from =
        client.get(MAPS).json().path("metadata").path("resourceVersion").asText();
    FakeStream stream =
        client.watch(MAPS + "?watch=1&labelSelector=on%3Dy&resourceVersion=" + from);
    client.post(MAPS, map("lit", "1").replace("\"name\"", "\"labels\":{\"on\":\"y\"},\"name\""));
    Answer left = client.patch(
        MAPS + "/lit", "merge-patch+json", "{\"metadata\":{\"labels\":{\"on\":\"n\"}}}");
    client.patch(MAPS + "/lit", "merge-patch+json", "{\"metadata\":{\"labels\":{\"on\":\"y\"}}}");
    List<String> frames = stream.await(3);
    assertThat(frames.get(1)).startsWith("{\"type\":\"DELETED\"").contains("\"on\":\"y\"");
    assertThat(frames.get(1))
        .contains("\"resourceVersion\":\""
            + left.json().path("metadata").path("resourceVersion").asText() + "\"");
    assertThat(frames.get(2)).startsWith("{\"type\":\"ADDED\"");
    stream.close();
  }

  @Test
  void aListIsStreamedWithItsEndMarked() throws Exception {
    client.post(MAPS, map("streamed", "1"));
    FakeStream stream = client.watch(
        MAPS
            + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");
    int there = names(client.get(MAPS).json()).size();
    List<String> frames = stream.await(there + 1);
    assertThat(frames.getLast())
        .startsWith("{\"type\":\"BOOKMARK\"")
        .contains("\"k8s.io/initial-events-end\":\"true\"");
    stream.close();
  }

  @Test
  void aClientThatStopsReadingMissesNothing() throws Exception {
    String from =
        client.get(MAPS).json().path("metadata").path("resourceVersion").asText();
    FakeStream stream =
        client.watch(MAPS + "?watch=1&fieldSelector=metadata.name%3Dslow&resourceVersion=" + from);
    client.post(MAPS, map("slow", "0"));
    stream.await(1);
    stream.setReady(false);
    int changes = 1500; // more than a watcher's queue holds
    for (int i = 1; i <= changes; i++) {
      client.put(MAPS + "/slow", map("slow", Integer.toString(i)));
    }
    stream.setReady(true);
    List<String> frames = stream.await(changes + 1);
    assertThat(frames).hasSize(changes + 1);
    for (int i = 1; i <= changes; i++) {
      assertThat(frames.get(i)).contains("\"data\":{\"a\":\"" + i + "\"}");
    }
    stream.close();
  }

  @Test
  void aWatchFromThePastReadsHistory() throws Exception {
    String leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
    String lease =
        "{\"apiVersion\":\"coordination.k8s.io/v1\",\"kind\":\"Lease\",\"metadata\":{\"name\":\"old\"},"
            + "\"spec\":{\"holderIdentity\":\"a\"}}";
    String first = version(client.post(leases, lease).json());
    for (String holder : List.of("b", "c", "d")) {
      client.patch(
          leases + "/old",
          "merge-patch+json",
          "{\"spec\":{\"holderIdentity\":\"" + holder + "\"}}");
    }
    FakeStream stream = client.watch(leases + "?watch=1&resourceVersion=" + first);
    List<String> frames = stream.await(3);
    assertThat(frames.get(0)).contains("\"holderIdentity\":\"b\"");
    assertThat(frames.get(2)).contains("\"holderIdentity\":\"d\"");
    client.delete(leases + "/old");
    assertThat(stream.await(4).get(3)).startsWith("{\"type\":\"DELETED\"");
    stream.close();
  }

  @Test
  void aWatchFromWhatHasBeenCompactedEnds() throws Exception {
    // Of a resource that nobody has watched: what a cache holds is told, compacted or not.
    String accounts = "/api/v1/namespaces/default/serviceaccounts";
    String account =
        "{\"apiVersion\":\"v1\",\"kind\":\"ServiceAccount\",\"metadata\":{\"name\":\"compacted\"}}";
    String first = version(client.post(accounts, account).json());
    String labels = "{\"metadata\":{\"labels\":{\"a\":\"%s\"}}}";
    client.patch(accounts + "/compacted", "merge-patch+json", labels.formatted("b"));
    Answer changed =
        client.patch(accounts + "/compacted", "merge-patch+json", labels.formatted("c"));
    store
        .compact(Long.parseLong(version(changed.json())), true, CallContext.inline())
        .get();
    FakeStream stream = client.watch(accounts + "?watch=1&resourceVersion=" + first);
    stream.awaitClosed();
    assertThat(stream.await(1).getLast())
        .startsWith("{\"type\":\"ERROR\"")
        .contains("\"code\":410")
        .contains("too old resource version");
    Answer list = client.get(accounts + "?resourceVersionMatch=Exact&resourceVersion=" + first);
    assertThat(list.code()).isEqualTo(410);
  }

  private static String version(JsonNode object) {
    return object.path("metadata").path("resourceVersion").asText();
  }

  @Test
  void aDeletedNamespaceIsEmptiedAndGoes() throws Exception {
    client.post(
        "/api/v1/namespaces",
        "{\"apiVersion\":\"v1\",\"kind\":\"Namespace\",\"metadata\":{\"name\":\"emptied\"}}");
    String maps = "/api/v1/namespaces/emptied/configmaps";
    client.post(maps, map("one", "1"));
    String from = version(client.get("/api/v1/namespaces/emptied").json());
    FakeStream stream =
        client.watch("/api/v1/namespaces?watch=1&fieldSelector=metadata.name%3Demptied"
            + "&resourceVersion=" + from);
    assertThat(client.delete("/api/v1/namespaces/emptied").code()).isEqualTo(200);
    List<String> frames = stream.await(1);
    while (!frames.getLast().startsWith("{\"type\":\"DELETED\"")) {
      frames = stream.await(frames.size() + 1);
    }
    stream.close();
    assertThat(client.get(maps + "/one").code()).isEqualTo(404);
  }

  @Test
  void aWatchThatMakesNoSenseIsRefusedBeforeItBegins() {
    for (String query : List.of(
        "timeoutSeconds=x",
        "resourceVersion=x",
        "labelSelector=%3D%3D",
        "sendInitialEvents=true",
        "continue=x")) {
      Answer refused = client.get(MAPS + "?watch=1&" + query);
      assertThat(refused.code()).as(query).isBetween(400, 599);
      assertThat(refused.json().path("kind").asText()).as(query).isEqualTo("Status");
    }
  }

  @Test
  void theServerTellsWhatItIs() {
    assertThat(client.get("/version").json().path("gitVersion").asText()).startsWith("v1.36.");
    assertThat(client.get("/readyz").text()).isEqualTo("ok");
    assertThat(client.get("/readyz?verbose").text()).contains("[+]etcd ok");
    assertThat(client.get("/openapi/v2").json().path("swagger").asText()).isEqualTo("2.0");
    assertThat(client.get("/").text()).contains("\"/apis/apps/v1\"");
    assertThat(client.get("/nope").code()).isEqualTo(404);
  }

  @Test
  void aWatchEndsAtWhatIsNoObject() throws Exception {
    String quotas = "/api/v1/namespaces/default/resourcequotas";
    String from = version(client.get(quotas).json());
    FakeStream stream = client.watch(quotas + "?watch=1&resourceVersion=" + from);
    new ObjectStore(store)
        .create(
            Bytes.utf8("/registry/resourcequotas/default/foreign"),
            Bytes.utf8("no JSON"),
            0,
            ObjectStore.Guard.NONE,
            CallContext.inline())
        .get();
    stream.awaitClosed();
    assertThat(client.get(quotas + "/foreign").code()).isEqualTo(500);
    assertThat(client.get(quotas + "/other").code()).isEqualTo(404);
  }

  @Test
  void whatAKubeApiserverHasWrittenIsRead() throws Exception {
    JsonNode object = new ObjectMapper()
        .readTree(map("theirs", "1").replace("\"name\"", "\"namespace\":\"default\",\"name\""));
    byte[] protobuf = new ProtobufCodec(BuiltInTypes.get(), Limits.DEFAULT).encode(object);
    new ObjectStore(store)
        .create(
            Bytes.utf8("/registry/configmaps/default/theirs"),
            Bytes.wrap(protobuf),
            0,
            ObjectStore.Guard.NONE,
            CallContext.inline())
        .get();
    JsonNode read = client.get(MAPS + "/theirs").json();
    assertThat(read.path("data").path("a").asText()).isEqualTo("1");
    Answer changed = client.patch(MAPS + "/theirs", "merge-patch+json", "{\"data\":{\"a\":\"2\"}}");
    assertThat(changed.code()).as(changed.text()).isEqualTo(200);
    assertThat(client.get(MAPS + "/theirs").json().path("data").path("a").asText())
        .isEqualTo("2");
  }

  @Test
  void fieldsHaveOwners() {
    String path = MAPS + "/shared?fieldManager=one";
    Answer applied = client.patch(path, "apply-patch+yaml", map("shared", "1"));
    assertThat(applied.code()).as(applied.text()).isEqualTo(201);
    Answer conflict =
        client.patch(MAPS + "/shared?fieldManager=two", "apply-patch+yaml", map("shared", "2"));
    assertThat(conflict.code()).isEqualTo(409);
    assertThat(conflict.message())
        .isEqualTo("Apply failed with 1 conflict: conflict with \"one\": .data.a");
    Answer forced = client.patch(
        MAPS + "/shared?fieldManager=two&force=true", "apply-patch+yaml", map("shared", "2"));
    assertThat(forced.code()).isEqualTo(200);
  }

  @Test
  void aTryStoresNothing() {
    Answer tried = client.post(MAPS + "?dryRun=All", map("tried", "1"));
    assertThat(tried.code()).isEqualTo(201);
    assertThat(tried.json().path("metadata").has("resourceVersion")).isFalse();
    assertThat(client.get(MAPS + "/tried").code()).isEqualTo(404);
  }

  @Test
  void namesAreMadeFromTheirBeginning() {
    Answer made =
        client.post(MAPS, map("x", "1").replace("\"name\":\"x\"", "\"generateName\":\"g-\""));
    assertThat(made.json().path("metadata").path("name").asText())
        .matches("g-[bcdfghjklmnpqrstvwxz2456789]{5}");
  }

  private static final String WIDGETS = """
      {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
       "metadata": {"name": "widgets.example.com"},
       "spec": {"group": "example.com", "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget", "shortNames": ["wd"]},
        "versions": [{"name": "v1", "served": true, "storage": true,
         "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.replicas",
          "statusReplicasPath": ".status.replicas"}},
         "schema": {"openAPIV3Schema": {"type": "object", "properties": {
          "spec": {"type": "object", "properties": {
           "replicas": {"type": "integer", "minimum": 0, "default": 1},
           "color": {"type": "string"}}},
          "status": {"type": "object", "properties": {"replicas": {"type": "integer"}}}}}}}]}}
      """;

  @Test
  void aDefinedResourceIsServedAtOnceAndGoesWithItsObjects() throws Exception {
    String definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    Answer defined = client.post(definitions, WIDGETS);
    assertThat(defined.code()).as(defined.text()).isEqualTo(201);
    String widgets = "/apis/example.com/v1/namespaces/default/widgets";
    Answer made = client.post(
        widgets,
        "{\"apiVersion\":\"example.com/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"w\"},"
            + "\"spec\":{\"color\":\"red\",\"weight\":1}}");
    assertThat(made.code()).as(made.text()).isEqualTo(201);
    assertThat(made.json().path("spec").path("replicas").asInt()).isEqualTo(1);
    assertThat(made.json().path("spec").has("weight")).isFalse();
    assertThat(made.headers().first("Warning")).contains("unknown field \\\"spec.weight\\\"");

    Answer wrong = client.patch(widgets + "/w", "merge-patch+json", "{\"spec\":{\"replicas\":-1}}");
    assertThat(wrong.code()).isEqualTo(422);
    assertThat(wrong.message()).contains("spec.replicas");

    Answer scaled =
        client.patch(widgets + "/w/scale", "merge-patch+json", "{\"spec\":{\"replicas\":3}}");
    assertThat(scaled.code()).as(scaled.text()).isEqualTo(200);
    assertThat(scaled.json().path("kind").asText()).isEqualTo("Scale");
    assertThat(client.get(widgets + "/w").json().path("spec").path("replicas").asInt())
        .isEqualTo(3);
    Answer status = client.put(
        widgets + "/w/status",
        client
            .get(widgets + "/w")
            .text()
            .replace("\"spec\":", "\"status\":{\"replicas\":3},\"spec\":"));
    assertThat(status.code()).as(status.text()).isEqualTo(200);
    assertThat(status.json().path("status").path("replicas").asInt()).isEqualTo(3);
    assertThat(client.get("/apis/example.com/v1").text()).contains("\"wd\"");
    assertThat(client.get("/openapi/v3").text()).contains("apis/example.com/v1");

    FakeStream stream = client.watch(definitions + "?watch=1&resourceVersion="
        + client
            .get(definitions)
            .json()
            .path("metadata")
            .path("resourceVersion")
            .asText());
    assertThat(client.delete(definitions + "/widgets.example.com").code()).isEqualTo(200);
    List<String> frames = stream.await(1);
    while (!frames.getLast().startsWith("{\"type\":\"DELETED\"")) {
      frames = stream.await(frames.size() + 1);
    }
    stream.close();
    assertThat(client.get(widgets + "/w").code()).isEqualTo(404);
  }
}
