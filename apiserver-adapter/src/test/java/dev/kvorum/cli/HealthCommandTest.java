package dev.kvorum.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class HealthCommandTest {
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer member;
  private String endpoint;

  /** Not ready twice, then ready; alive all the time. */
  @BeforeEach
  void startMember() throws IOException {
    member = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    member.createContext("/readyz", exchange -> {
      boolean ready = asked.incrementAndGet() > 2;
      byte[] answer = (ready
              ? "ok\n"
              : "[+]serializable_read ok\n[-]linearizable_read failed: late\n")
          .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(ready ? 200 : 503, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    });
    member.createContext("/livez", exchange -> {
      exchange.sendResponseHeaders(200, 3);
      exchange.getResponseBody().write("ok\n".getBytes(StandardCharsets.UTF_8));
      exchange.close();
    });
    member.start();
    endpoint = "http://127.0.0.1:" + member.getAddress().getPort();
  }

  @AfterEach
  void stopMember() {
    member.stop(0);
  }

  private record Outcome(int code, String out, String err) {}

  private static Outcome health(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = new CommandLine(new HealthCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err));
    return new Outcome(line.execute(arguments), out.toString(), err.toString());
  }

  @Test
  void aMemberThatIsNotReadyFailsAndSaysWhichCheckDid() {
    Outcome outcome = health("--endpoint", endpoint);

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("503 ", "[-]linearizable_read failed: late");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void waitingAsksUntilItIsReady() {
    Outcome outcome = health("--endpoint", endpoint, "--wait", "60");

    assertThat(outcome.code()).isZero();
    assertThat(outcome.out()).isEqualToIgnoringNewLines(endpoint + ": ok");
    assertThat(asked).hasValue(3);
  }

  @Test
  void beingAliveIsAnotherQuestion() {
    assertThat(health("--endpoint", endpoint, "--live").code()).isZero();
    assertThat(asked).hasValue(0);
  }

  @Test
  void aMemberThatCannotBeReachedFails() {
    member.stop(0);

    Outcome outcome = health("--endpoint", endpoint);

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).startsWith(endpoint + ": ");
  }

  @Test
  void theMetricsUrlOfTheEnvironmentIsAskedUnlessToldOtherwise() {
    assertThat(HealthCommand.defaultEndpoint(Map.of())).isEqualTo("http://127.0.0.1:2379");
    assertThat(HealthCommand.defaultEndpoint(Map.of("ETCD_LISTEN_METRICS_URLS", "http://h:1")))
        .isEqualTo("http://h:1");
    assertThat(HealthCommand.defaultEndpoint(Map.of(
            "KVORUM_LISTEN_METRICS_URLS", "http://h:2,http://h:3",
            "ETCD_LISTEN_METRICS_URLS", "http://h:1")))
        .isEqualTo("http://h:2");
  }

  @Test
  void anAddressToListenOnBecomesOneToConnectTo() {
    assertThat(page("http://0.0.0.0:2381", "/readyz")).hasToString("http://127.0.0.1:2381/readyz");
    assertThat(page("http://[::]:2381", "/livez")).hasToString("http://[::1]:2381/livez");
    assertThat(page("127.0.0.1:2379", "/readyz")).hasToString("http://127.0.0.1:2379/readyz");
    assertThat(page("https://[::]:2379", "/readyz")).hasToString("https://[::1]:2379/readyz");
    assertThatThrownBy(() -> page("http://nowhere", "/readyz")).isInstanceOf(UsageException.class);
  }

  private static URI page(String endpoint, String path) {
    return HealthCommand.page(new ConnectionOptions(Map.of()).endpoint("endpoint", endpoint), path);
  }
}
