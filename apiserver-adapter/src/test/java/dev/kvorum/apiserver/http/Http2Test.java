package dev.kvorum.apiserver.http;

import static dev.kvorum.apiserver.http.TestServer.await;
import static dev.kvorum.apiserver.http.TestServer.bytes;
import static dev.kvorum.apiserver.http.TestServer.echo;
import static dev.kvorum.apiserver.http.TestServer.settle;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.apiserver.http.Http2Client.Asked;
import dev.kvorum.apiserver.http.TestServer.Streams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Http2Test {
  private final Streams streams = new Streams();

  @Test
  void manyRequestsShareAConnection() throws Exception {
    try (TestServer it = new TestServer(echo());
        Http2Client client = new Http2Client(it.server.address())) {
      List<Asked> all = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        all.add(client.ask("POST", "/" + i + "?x", bytes("body " + i), true));
      }
      for (int i = 0; i < 200; i++) {
        Asked asked = all.get(i);
        await(asked::isEnded);
        assertThat(asked.status()).isEqualTo(200);
        assertThat(asked.body()).isEqualTo("POST /" + i + " body " + i);
      }
      assertThat(it.server.metrics().connectionsMade()).isEqualTo(1);
    }
  }

  @Test
  void headersArriveAsOnTheOtherVersion() throws Exception {
    HttpHandler handler = (request, responder) -> responder.send(new HttpResponse(
        200,
        HttpFields.of(
            "X-Seen", request.headers().first("HOST") + "," + request.headers().has(":path")),
        new byte[0]));
    try (TestServer it = new TestServer(handler);
        Http2Client client = new Http2Client(it.server.address())) {
      Asked asked = client.ask("GET", "/", new byte[0], true);
      await(asked::isEnded);

      assertThat(asked.header("x-seen")).isEqualTo("here,false");
      assertThat(asked.header("content-length")).isEqualTo("0");
    }
  }

  @Test
  void aStreamThatNobodyReadsMakesNobodyElseOnTheConnectionWait() throws Exception {
    HttpLimits limits =
        HttpLimits.builder().streamBytes(32 << 10, 64 << 10, 64 << 20).build();
    try (TestServer it = new TestServer(limits, streams);
        Http2Client client = new Http2Client(it.server.address())) {
      Asked stalled = client.ask("GET", "/?watch=1", new byte[0], true);
      HttpStream slow = streams.only();
      await(() -> stalled.status() == 200);
      stalled.stopReading();
      AtomicBoolean readyAgain = new AtomicBoolean();
      slow.onReady(() -> readyAgain.set(true));
      for (int i = 0; i < 64; i++) {
        slow.send(new byte[16 << 10]);
      }
      settle(slow);
      assertThat(slow.isReady()).isFalse();
      readyAgain.set(false);

      Asked other = client.ask("GET", "/?watch=1", new byte[0], true);
      await(() -> streams.open.size() == 2);
      streams.open.remove(slow);
      HttpStream quick = streams.only();
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 100; i++) {
        quick.send(bytes("event " + i));
        expected.append("event ").append(i);
        await(() -> other.body().contentEquals(expected));
      }
      assertThat(slow.isReady()).isFalse();
      assertThat(readyAgain).isFalse();

      stalled.readOn();
      await(readyAgain::get);
      await(() -> stalled.length() == 1 << 20);
    }
  }

  @Test
  void aStreamIsGivenUpAloneWhenFarTooMuchIsSent() throws Exception {
    HttpLimits limits =
        HttpLimits.builder().streamBytes(1 << 10, 4 << 10, 256 << 10).build();
    try (TestServer it = new TestServer(limits, streams);
        Http2Client client = new Http2Client(it.server.address())) {
      Asked stalled = client.ask("GET", "/?watch=1", new byte[0], true);
      HttpStream slow = streams.only();
      await(() -> stalled.status() == 200);
      stalled.stopReading();
      for (int i = 0; i < 64; i++) {
        slow.send(new byte[16 << 10]);
      }
      await(() -> it.server.metrics().streamsGivenUp() == 1);
      stalled.readOn();
      await(stalled::isReset);

      Asked other = client.ask("GET", "/?watch=1", new byte[0], true);
      streams.only().close();
      await(other::isEnded);
    }
  }

  @Test
  void aClientMayGiveUpOneRequest() throws Exception {
    try (TestServer it = new TestServer(streams);
        Http2Client client = new Http2Client(it.server.address())) {
      Asked asked = client.ask("GET", "/?watch=1", new byte[0], true);
      AtomicBoolean closed = new AtomicBoolean();
      streams.only().onClosed(() -> closed.set(true));
      await(() -> asked.status() == 200);
      asked.giveUp();

      await(closed::get);
      assertThat(it.server.metrics().connections()).isEqualTo(1);
    }
  }

  @Test
  void aThousandStreamsOverFewConnections() throws Exception {
    List<Http2Client> clients = new ArrayList<>();
    List<Asked> all = new ArrayList<>();
    try (TestServer it = new TestServer(streams)) {
      for (int i = 0; i < 4; i++) {
        Http2Client client = new Http2Client(it.server.address());
        clients.add(client);
        for (int j = 0; j < 250; j++) {
          all.add(client.ask("GET", "/?watch=1", new byte[0], true));
        }
      }
      await(() -> streams.open.size() == 1000);
      byte[] shared = bytes("event");
      streams.open.forEach(stream -> stream.send(shared));
      for (Asked asked : all) {
        await(() -> asked.body().equals("event"));
      }
      streams.open.forEach(HttpStream::close);
      for (Asked asked : all) {
        await(asked::isEnded);
      }
      assertThat(it.server.metrics().openStreams()).isZero();
    } finally {
      clients.forEach(Http2Client::close);
    }
  }

  @Test
  void aBodyThatIsTooLongIsRefused() throws Exception {
    HttpLimits limits = HttpLimits.builder().bodyBytes(1000).build();
    try (TestServer it = new TestServer(limits, echo());
        Http2Client client = new Http2Client(it.server.address())) {
      Asked asked = client.ask("POST", "/", new byte[1001], false);
      await(() -> asked.status() == 413);
      await(() -> asked.body().contains("Request entity too large: limit is 1000"));

      Asked next = client.ask("POST", "/next", new byte[0], true);
      await(next::isEnded);
      assertThat(next.status()).isEqualTo(200);
    }
  }

  @Test
  void aBodyThatDoesNotComeIsNotWaitedForLong() throws Exception {
    HttpLimits limits = HttpLimits.builder().receive(Duration.ofMillis(100)).build();
    try (TestServer it = new TestServer(limits, echo());
        Http2Client client = new Http2Client(it.server.address())) {
      Asked asked = client.ask("POST", "/", bytes("a"), false);

      await(() -> asked.status() == 408);
    }
  }

  @Test
  void aConnectionWithoutARequestIsClosedAfterAWhile() throws Exception {
    HttpLimits limits = HttpLimits.builder().idle(Duration.ofMillis(100)).build();
    try (TestServer it = new TestServer(limits, echo());
        Http2Client client = new Http2Client(it.server.address())) {
      Asked asked = client.ask("GET", "/", new byte[0], true);
      await(asked::isEnded);

      await(() -> !client.isOpen());
      assertThat(client.saidGoodbye()).isTrue();
    }
  }

  @Test
  void pingsAreAnswered() throws Exception {
    try (TestServer it = new TestServer(echo());
        Http2Client client = new Http2Client(it.server.address())) {
      client.ping(42);

      await(() -> client.pong() == 42);
    }
  }

  @Test
  void closingSaysSoEndsStreamsAndLetsRequestsFinish() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    HttpHandler handler = (request, responder) -> {
      if (request.path().equals("/slow")) {
        begun.countDown();
        try {
          release.await();
        } catch (InterruptedException e) {
          return;
        }
        responder.send(HttpResponse.text(200, "done"));
      } else {
        streams.handle(request, responder);
      }
    };
    TestServer it = new TestServer(handler);
    try (Http2Client client = new Http2Client(it.server.address())) {
      Asked watch = client.ask("GET", "/?watch=1", new byte[0], true);
      streams.only();
      Asked slow = client.ask("GET", "/slow", new byte[0], true);
      begun.await();
      Thread closing = Thread.ofVirtual().start(it::close);

      await(watch::isEnded);
      await(client::saidGoodbye);
      assertThat(slow.isEnded()).isFalse();
      release.countDown();
      await(slow::isEnded);
      assertThat(slow.body()).isEqualTo("done");
      closing.join();
      await(() -> !client.isOpen());
    }
  }
}
