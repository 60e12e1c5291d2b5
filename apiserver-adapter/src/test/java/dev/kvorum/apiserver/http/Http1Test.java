package dev.kvorum.apiserver.http;

import static dev.kvorum.apiserver.http.TestServer.await;
import static dev.kvorum.apiserver.http.TestServer.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.apiserver.http.RawClient.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class Http1Test {
  private static final String END = "Host: x\r\n\r\n";

  @Test
  void aConnectionServesOneRequestAfterTheOther() throws Exception {
    try (TestServer it = new TestServer(echo());
        RawClient client = it.connect()) {
      assertThat(client.send("GET /a?b=c HTTP/1.1\r\n" + END).answer().body()).isEqualTo("GET /a ");
      assertThat(client
              .send("POST /b HTTP/1.1\r\nContent-Length: 2\r\n" + END + "hi")
              .answer()
              .body())
          .isEqualTo("POST /b hi");
      assertThat(it.server.metrics().connectionsMade()).isEqualTo(1);
      assertThat(it.server.metrics().answers())
          .isEqualTo(Map.of(
              new HttpMetrics.Answers("GET", 200), 1L, new HttpMetrics.Answers("POST", 200), 1L));
    }
  }

  @Test
  void requestsSentAheadAreAnsweredInOrder() throws Exception {
    CountDownLatch second = new CountDownLatch(1);
    Queue<String> begun = new ConcurrentLinkedQueue<>();
    HttpHandler slowFirst = (request, responder) -> {
      begun.add(request.path());
      if (request.path().equals("/0")) {
        awaitQuietly(second);
      }
      responder.send(HttpResponse.text(200, request.path()));
    };
    try (TestServer it = new TestServer(slowFirst);
        RawClient client = it.connect()) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        all.append("GET /").append(i).append(" HTTP/1.1\r\n").append(END);
      }
      client.send(all.toString());
      await(() -> !begun.isEmpty());
      second.countDown();

      for (int i = 0; i < 100; i++) {
        assertThat(client.answer().body()).isEqualTo("/" + i);
      }
      assertThat(begun).hasSize(100);
    }
  }

  @Test
  void chunkedBodiesArePutTogether() throws Exception {
    try (TestServer it = new TestServer(echo());
        RawClient client = it.connect()) {
      client.send("PATCH /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + END
          + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

      assertThat(client.answer().body()).isEqualTo("PATCH /x abcde");
    }
  }

  @Test
  void whoAsksFirstIsToldToGoOn() throws Exception {
    try (TestServer it = new TestServer(echo());
        RawClient client = it.connect()) {
      client.send("PUT /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n" + END);
      assertThat(client.head()).startsWith("HTTP/1.1 100 ");

      assertThat(client.send("ok").answer().body()).isEqualTo("PUT /x ok");
    }
  }

  @Test
  void aBodyThatIsTooLongIsRefusedInTheApisWords() throws Exception {
    try (TestServer it = new TestServer(echo());
        RawClient client = it.connect()) {
      client.send("PUT /x HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3145729\r\n" + END);

      Answer answer = client.answer();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(answer.body())
          .isEqualTo("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},"
              + "\"status\":\"Failure\",\"message\":"
              + "\"Request entity too large: limit is 3145728\","
              + "\"reason\":\"RequestEntityTooLarge\",\"code\":413}\n");
    }
  }

  @Test
  void aBodyThatTurnsOutTooLongIsRefusedAndOneThatJustFitsIsNot() throws Exception {
    HttpHandler length =
        (request, responder) -> responder.send(HttpResponse.text(200, "" + request.body().length));
    try (TestServer it = new TestServer(length)) {
      HttpClient client = HttpClient.newHttpClient();
      for (int over = 0; over <= 1; over++) {
        byte[] body = new byte[3145728 + over];
        var request = java.net.http.HttpRequest.newBuilder(it.uri("/"))
            .version(HttpClient.Version.HTTP_1_1)
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
            .build();

        assertThat(client.send(request, BodyHandlers.discarding()).statusCode())
            .isEqualTo(over == 0 ? 200 : 413);
      }
      assertThat(it.server.metrics().bytesReceived()).isGreaterThan(2 * 3145728);
    }
  }

  @Test
  void bodiesAltogetherHaveABound() throws Exception {
    HttpLimits limits = HttpLimits.builder().allBodiesBytes(100_000).build();
    CountDownLatch release = new CountDownLatch(1);
    HttpHandler slow = (request, responder) -> {
      if (request.path().equals("/slow")) {
        awaitQuietly(release);
      }
      responder.send(HttpResponse.text(200, ""));
    };
    String body = "x".repeat(60_000);
    String rest = " HTTP/1.1\r\nContent-Length: 60000\r\n" + END + body;
    try (TestServer it = new TestServer(limits, slow);
        RawClient first = it.connect();
        RawClient second = it.connect();
        RawClient third = it.connect()) {
      first.send("POST /slow" + rest);
      await(() -> it.server.metrics().writesInFlight() == 1);
      assertThat(second.send("POST /fast" + rest).answer().status()).isEqualTo(429);

      release.countDown();
      assertThat(first.answer().status()).isEqualTo(200);
      await(() -> it.server.metrics().writesInFlight() == 0);
      assertThat(third.send("POST /fast" + rest).answer().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET nowhere HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
      })
  void whatMakesNoSenseIsRefused(String request) throws Exception {
    AtomicBoolean handled = new AtomicBoolean();
    HttpHandler handler = (asked, responder) -> handled.set(true);
    try (TestServer it = new TestServer(handler);
        RawClient client = it.connect()) {
      Answer answer = client.send(request).answer();

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.body()).isEqualTo("400 Bad Request\n");
      assertThat(handled).isFalse();
    }
  }

  @Test
  void aHeadThatIsTooLongIsRefused() throws Exception {
    try (TestServer it = new TestServer(HttpLimits.builder().headerBytes(10_000).build(), echo());
        RawClient client = it.connect()) {
      client.send("GET / HTTP/1.1\r\nA: " + "a".repeat(11_000) + "\r\n" + END);

      assertThat(client.answer().status()).isEqualTo(431);
    }
  }

  @Test
  void headSaysHowLongAndNothingMore() throws Exception {
    try (TestServer it = new TestServer(echo());
        RawClient client = it.connect()) {
      client.send("HEAD /abc HTTP/1.1\r\n" + END + "GET /d HTTP/1.1\r\n" + END);

      assertThat(client.head()).contains("content-length: 10\r\n");
      assertThat(client.answer().body()).isEqualTo("GET /d ");
    }
  }

  @Test
  void aHandlerThatTakesTooLongIsAnsweredForAndTold() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    HttpHandler hangs = (request, responder) -> {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.set(true);
        responder.send(HttpResponse.text(200, "too late"));
      }
    };
    HttpLimits limits = HttpLimits.builder().request(Duration.ofMillis(100)).build();
    try (TestServer it = new TestServer(limits, hangs);
        RawClient client = it.connect()) {
      Answer answer = client.send("GET / HTTP/1.1\r\n" + END).answer();

      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.body())
          .contains("\"message\":\"Timeout: request did not complete within the allotted timeout\"")
          .contains("\"reason\":\"Timeout\"");
      await(interrupted::get);
      await(() -> it.server.metrics().readsInFlight() == 0);
    }
  }

  @Test
  void moreAtATimeThanIsServedIsRefusedReadsAndWritesApart() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    HttpHandler slow = (request, responder) -> {
      awaitQuietly(release);
      responder.send(HttpResponse.text(200, "ok"));
    };
    HttpLimits limits = HttpLimits.builder().inFlight(1, 1).build();
    String get = "GET / HTTP/1.1\r\n" + END;
    try (TestServer it = new TestServer(limits, slow);
        RawClient reader = it.connect();
        RawClient writer = it.connect();
        RawClient other = it.connect()) {
      reader.send(get);
      await(() -> it.server.metrics().readsInFlight() == 1);
      Answer refusal = other.send(get).answer();
      assertThat(refusal.status()).isEqualTo(429);
      assertThat(refusal.header("retry-after")).isEqualTo("1");
      assertThat(refusal.header("content-type")).isEqualTo("text/plain; charset=utf-8");
      assertThat(refusal.body()).isEqualTo("Too many requests, please try again later.\n");

      writer.send("DELETE / HTTP/1.1\r\n" + END);
      await(() -> it.server.metrics().writesInFlight() == 1);
      release.countDown();
      assertThat(reader.answer().status()).isEqualTo(200);
      assertThat(writer.answer().status()).isEqualTo(200);
      assertThat(other.send(get).answer().status()).isEqualTo(200);
    }
  }

  @Test
  void streamsTakeNoPlaceOfRequests() throws Exception {
    HttpLimits limits = HttpLimits.builder().inFlight(1, 1).build();
    TestServer.Streams streams = new TestServer.Streams();
    try (TestServer it = new TestServer(limits, streams);
        RawClient one = it.connect();
        RawClient two = it.connect()) {
      assertThat(one.send("GET /?watch=1 HTTP/1.1\r\n" + END).head()).contains(" 200 ");
      assertThat(two.send("GET / HTTP/1.1\r\n" + END).head()).contains(" 200 ");

      await(() -> it.server.metrics().openStreams() == 2);
      assertThat(it.server.metrics().readsInFlight()).isZero();
    }
  }

  @Test
  void aHandlerThatFailsIsAnsweredForWithoutItsSecrets() throws Exception {
    HttpHandler broken = (request, responder) -> {
      throw new IllegalStateException("secret");
    };
    try (TestServer it = new TestServer(broken);
        RawClient client = it.connect()) {
      Answer answer = client.send("GET / HTTP/1.1\r\n" + END).answer();

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).contains("InternalError").doesNotContain("secret");
    }
  }

  @Test
  void aHandlerThatForgetsToAnswerIsAnsweredFor() throws Exception {
    try (TestServer it = new TestServer((request, responder) -> {});
        RawClient client = it.connect()) {
      client.send("GET / HTTP/1.1\r\n" + END);
      await(() -> {
        System.gc();
        return !it.server.metrics().answers().isEmpty();
      });

      assertThat(client.answer().status()).isEqualTo(500);
    }
  }

  @Test
  void aRequestIsAnsweredOnce() throws Exception {
    AtomicReference<Throwable> second = new AtomicReference<>();
    HttpHandler twice = (request, responder) -> {
      responder.send(HttpResponse.text(200, "1"));
      try {
        responder.send(HttpResponse.text(200, "2"));
      } catch (IllegalStateException e) {
        second.set(e);
      }
    };
    try (TestServer it = new TestServer(twice);
        RawClient client = it.connect()) {
      assertThat(client.send("GET / HTTP/1.1\r\n" + END).answer().body()).isEqualTo("1");
      await(() -> second.get() != null);
    }
  }

  @Test
  void longAnswersAreCompressedForThoseWhoAsk() throws Exception {
    String text = "kubernetes ".repeat(20_000);
    HttpHandler handler = (request, responder) ->
        responder.send(HttpResponse.text(200, request.path().equals("/long") ? text : "short"));
    try (TestServer it = new TestServer(handler)) {
      HttpClient client = HttpClient.newHttpClient();
      var asked = java.net.http.HttpRequest.newBuilder(it.uri("/long"))
          .header("Accept-Encoding", "gzip, deflate")
          .build();
      var answer = client.send(asked, BodyHandlers.ofByteArray());
      assertThat(answer.headers().firstValue("content-encoding")).hasValue("gzip");
      assertThat(answer.body().length).isLessThan(text.length() / 10);
      byte[] plain = new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes();
      assertThat(new String(plain, StandardCharsets.UTF_8)).isEqualTo(text);

      var unasked = java.net.http.HttpRequest.newBuilder(it.uri("/long")).build();
      assertThat(client.send(unasked, BodyHandlers.ofString()).body()).isEqualTo(text);
      var brief = java.net.http.HttpRequest.newBuilder(it.uri("/short"))
          .header("Accept-Encoding", "gzip")
          .build();
      assertThat(client.send(brief, BodyHandlers.ofString()).body()).isEqualTo("short");
    }
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForLong() throws Exception {
    HttpLimits limits = HttpLimits.builder().receive(Duration.ofMillis(100)).build();
    try (TestServer it = new TestServer(limits, echo());
        RawClient client = it.connect();
        RawClient silent = it.connect()) {
      client.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n" + END + "a");
      silent.send("GET / HT");

      assertThat(client.answer().status()).isEqualTo(408);
      assertThat(silent.isAtEnd()).isTrue();
    }
  }

  @Test
  void aConnectionWithoutARequestIsClosedAfterAWhileAndOneWithAStreamIsNot() throws Exception {
    HttpLimits limits = HttpLimits.builder().idle(Duration.ofMillis(100)).build();
    TestServer.Streams streams = new TestServer.Streams();
    HttpHandler handler = (request, responder) -> {
      if (request.path().equals("/stream")) {
        streams.handle(request, responder);
      } else {
        responder.send(HttpResponse.text(200, ""));
      }
    };
    try (TestServer it = new TestServer(limits, handler);
        RawClient idle = it.connect();
        RawClient busy = it.connect()) {
      busy.send("GET /stream HTTP/1.1\r\n" + END).head();
      idle.send("GET / HTTP/1.1\r\n" + END).answer();

      assertThat(idle.isAtEnd()).isTrue();
      streams.only().send(TestServer.bytes("still here"));
      assertThat(busy.chunk()).isEqualTo("still here");
    }
  }

  @Test
  void aHandlerIsToldWhenItsClientGoesAway() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    HttpHandler hangs = (request, responder) -> {
      begun.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.set(true);
      }
    };
    try (TestServer it = new TestServer(hangs)) {
      try (RawClient client = it.connect()) {
        client.send("GET / HTTP/1.1\r\n" + END);
        begun.await();
      }
      await(interrupted::get);
      await(() -> it.server.metrics().readsInFlight() == 0);
    }
  }

  @Test
  void theOldVersionIsServed() throws Exception {
    try (TestServer it = new TestServer(echo());
        RawClient client = it.connect()) {
      Answer answer = client.send("GET /old HTTP/1.0\r\n\r\n").answer();

      assertThat(answer.body()).isEqualTo("GET /old ");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void anAddressInUseIsSaid() throws Exception {
    try (TestServer it = new TestServer(echo())) {
      HttpConfig same = HttpConfig.plain(it.server.address());

      assertThatThrownBy(() -> HttpServer.start(same, echo()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("cannot listen on");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
