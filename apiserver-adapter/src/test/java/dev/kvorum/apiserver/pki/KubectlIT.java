package dev.kvorum.apiserver.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.kvorum.apiserver.auth.Authenticators;
import dev.kvorum.apiserver.auth.ClientCertificates;
import dev.kvorum.apiserver.auth.TokenFile;
import dev.kvorum.apiserver.auth.User;
import dev.kvorum.apiserver.http.HttpConfig;
import dev.kvorum.apiserver.http.HttpFields;
import dev.kvorum.apiserver.http.HttpHandler;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.http.HttpServer;
import dev.kvorum.apiserver.http.HttpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An unchanged kubectl finds a server by its kubeconfig, trusts it, and is believed. */
class KubectlIT {
  @TempDir
  Path directory;

  private LocalPki pki;
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    pki = LocalPki.open(directory.resolve("pki"), List.of(), Clock.systemUTC());
    Path tokens = Files.writeString(directory.resolve("tokens"), "s3cret,alice,1,devs\n");
    Authenticators authenticators =
        new Authenticators(List.of(new ClientCertificates(), TokenFile.read(tokens)), true);
    HttpHandler handler = (request, responder) -> {
      User user = authenticators.authenticate(request);
      if (user == null) {
        responder.send(HttpResponse.text(401, "Unauthorized"));
      } else if (request.query().has("watch")) {
        HttpStream stream = responder.open(200, HttpFields.of("Content-Type", "application/json"));
        for (int i = 0; i < 3; i++) {
          stream.send(("{\"event\":" + i + "}\n").getBytes(StandardCharsets.UTF_8));
        }
        stream.close();
      } else {
        responder.send(HttpResponse.text(200, user.name() + " " + user.groups()));
      }
    };
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = HttpServer.start(HttpConfig.secured(free, pki.tls()), handler);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Path config(String name) throws IOException {
    Path file = directory.resolve("kubeconfig");
    Kubeconfig admin =
        pki.adminConfig("https://" + name + ":" + server.address().getPort());
    admin.write(file);
    return file;
  }

  @Test
  void isTheAdministratorByCertificateOverHttp2() throws Exception {
    String output = kubectl(config("127.0.0.1"), "get", "--raw", "/version");

    assertThat(output).contains("kubernetes-admin [system:masters, system:authenticated]");
    assertThat(output).contains("http2: Transport received HEADERS");
    assertThat(kubectl(config("localhost"), "get", "--raw", "/version"))
        .contains("kubernetes-admin");
  }

  @Test
  void isWhoTheTokenSays() throws Exception {
    Path file = directory.resolve("tokenconfig");
    Kubeconfig admin = pki.adminConfig("https://127.0.0.1:" + server.address().getPort());
    new Kubeconfig(
            admin.cluster(),
            admin.server(),
            admin.authorities(),
            "default",
            "alice",
            new Kubeconfig.Credentials.Token("s3cret"))
        .write(file);

    assertThat(kubectl(file, "get", "--raw", "/version"))
        .contains("alice [devs, system:authenticated]");
  }

  @Test
  void readsAStreamToItsEnd() throws Exception {
    assertThat(kubectl(config("127.0.0.1"), "get", "--raw", "/api/v1/pods?watch=1"))
        .contains("{\"event\":0}\n{\"event\":1}\n{\"event\":2}\n");
  }

  private String kubectl(Path config, String... arguments) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(List.of(program().toString(), "--kubeconfig=" + config));
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(directory, "out", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
    builder.environment().put("HOME", directory.toString());
    builder.environment().put("GODEBUG", "http2debug=1");
    Process process = builder.start();
    process.getOutputStream().close();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("kubectl does not end: " + Files.readString(out));
    }
    return Files.readString(out);
  }

  private static Path program() {
    String peers = System.getenv("KVORUM_PEERS_DIR");
    Path found = (peers == null
            ? Path.of(System.getProperty("user.home"), ".cache", "kvorum", "peers")
            : Path.of(peers))
        .resolve("bin")
        .resolve("kubectl");
    if (!Files.isExecutable(found)) {
      if ("true".equals(System.getenv("KVORUM_PEERS_REQUIRED"))) {
        throw new AssertionError(found + " is not there");
      }
      abort(found + " is not there; .ci/peers/fetch --only kube brings it");
    }
    return found;
  }
}
