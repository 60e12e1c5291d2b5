package dev.kvorum.apiserver.openapi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.discovery.DiscoveryLists;
import dev.kvorum.apiserver.schema.ApiGroup;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.BuiltInResources;
import dev.kvorum.apiserver.schema.GroupVersion.Stability;
import dev.kvorum.apiserver.schema.ResourceTypes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An unchanged kubectl reads the documents, from a server that has nothing else. */
class KubectlIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir
  Path home;

  private final List<String> created = Collections.synchronizedList(new ArrayList<>());
  private final List<String> missed = Collections.synchronizedList(new ArrayList<>());
  private @Nullable HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    Map<String, byte[]> answers = answers();
    HttpServer started =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    started.createContext("/", exchange -> answer(exchange, answers));
    started.start();
    server = started;
  }

  @AfterEach
  void stop() {
    requireNonNull(server).stop(0);
  }

  private static Map<String, byte[]> answers() throws IOException {
    ResourceTypes resources = BuiltInResources.read(EnumSet.of(Stability.STABLE));
    List<CustomSchema> custom = new ArrayList<>();
    Vectors.of("openapi-custom")
        .forEach(vector -> custom.addAll(CustomDefinitions.read(vector.path("definitions"))));
    OpenApi openApi = OpenApi.of(resources).withCustom(custom);
    List<ApiGroup> groups = new ArrayList<>(resources.groups());
    Map<String, List<CustomSchema>> byGroup = new HashMap<>();
    custom.forEach(each -> byGroup
        .computeIfAbsent(each.resource().groupVersion().group(), unused -> new ArrayList<>())
        .add(each));
    byGroup.forEach((group, schemas) -> groups.add(new ApiGroup(
        group,
        List.of(new ApiVersion(
            schemas.getFirst().resource().groupVersion(),
            schemas.stream().map(CustomSchema::resource).toList())))));
    Map<String, byte[]> answers = new HashMap<>();
    answers.put("/openapi/v3", openApi.index().json());
    JSON.readTree(openApi.index().json())
        .path("paths")
        .fieldNames()
        .forEachRemaining(path -> answers.put(
            "/openapi/v3/" + path, requireNonNull(openApi.find(path)).json()));
    answers.put("/api", bytes(DiscoveryLists.coreVersions(groups.getFirst(), "127.0.0.1:1")));
    answers.put("/apis", bytes(DiscoveryLists.groupList(groups)));
    for (ApiGroup group : groups) {
      for (ApiVersion version : group.versions()) {
        answers.put(
            "/" + Names.path(version.groupVersion()), bytes(DiscoveryLists.resourceList(version)));
      }
    }
    return answers;
  }

  private static byte[] bytes(ObjectNode tree) throws IOException {
    return JSON.writeValueAsBytes(tree);
  }

  private void answer(HttpExchange exchange, Map<String, byte[]> answers) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      byte[] body = exchange.getRequestBody().readAllBytes();
      byte[] answer = answers.get(path);
      int code = 200;
      if (exchange.getRequestMethod().equals("POST")) {
        created.add(exchange.getRequestURI() + " " + new String(body, UTF_8));
        answer = body;
        code = 201;
      } else if (answer == null) {
        missed.add(exchange.getRequestMethod() + " " + path);
        answer = "404 page not found\n".getBytes(UTF_8);
        code = 404;
      }
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(code, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private String kubectl(String input, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(
        program().toString(),
        "--server=http://127.0.0.1:" + requireNonNull(server).getAddress().getPort()));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(home, "out", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("KUBECONFIG", "/dev/null");
    Process process = builder.start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(UTF_8));
    }
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("kubectl does not end: " + Files.readString(out));
    }
    return Files.readString(out);
  }

  private static Path program() {
    String folder = System.getenv("KVORUM_PEERS_DIR");
    Path peers = folder == null
        ? Path.of(System.getProperty("user.home"), ".cache", "kvorum", "peers")
        : Path.of(folder);
    Path program = peers.resolve("bin/kubectl");
    if (!Files.isExecutable(program)) {
      String message = program + " is not there; .ci/peers/fetch --only kube brings it";
      if ("true".equals(System.getenv("KVORUM_PEERS_REQUIRED"))) {
        throw new AssertionError(message);
      }
      abort(message);
    }
    return program;
  }

  @Test
  void explainShowsFieldsAndTypes() throws Exception {
    assertThat(kubectl("", "explain", "deployments.spec"))
        .contains("GROUP:      apps", "KIND:       Deployment", "FIELD: spec <DeploymentSpec>")
        .containsPattern("replicas\\s<integer>")
        .containsPattern("selector\\s<LabelSelector> -required-")
        .containsPattern("template\\s<PodTemplateSpec> -required-");
    assertThat(kubectl("", "explain", "service.spec.ports"))
        .containsPattern("targetPort\\s<IntOrString>");
    assertThat(kubectl("", "explain", "pod.spec.containers.resources.limits"))
        .contains("FIELD: limits <map[string]Quantity>");
    assertThat(kubectl("", "explain", "--recursive", "pod"))
        .containsPattern("creationTimestamp\\s<string>")
        .containsPattern("ephemeralContainers\\s<\\[\\]EphemeralContainer>");
  }

  @Test
  void explainKnowsCustomResources() throws Exception {
    assertThat(kubectl("", "explain", "widgets.spec"))
        .contains("KIND:       Widget", "what is wanted")
        .containsPattern("color\\s<string> -required-")
        .containsPattern("tags\\s<\\[\\]string>");
  }

  @Test
  void createIsLeftToTheServerToValidate() throws Exception {
    String object = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"}}";
    String custom =
        "{\"apiVersion\":\"example.com/v1\",\"kind\":\"Widget\",\"metadata\":{\"name\":\"w\"}}";

    assertThat(kubectl(object, "create", "--validate=strict", "--dry-run=server", "-f", "-"))
        .contains("configmap/a created (server dry run)");
    assertThat(kubectl(custom, "create", "--validate=strict", "--dry-run=server", "-f", "-"))
        .contains("widget.example.com/w created (server dry run)");

    assertThat(created)
        .hasSize(2)
        .allSatisfy(
            request -> assertThat(request).contains("fieldValidation=Strict", "dryRun=All"));
    assertThat(missed)
        .as("nothing but documents of version 3 is needed")
        .noneMatch(request -> request.contains("/openapi/"));
  }
}
