package dev.kvorum.apiserver.http;

import static dev.kvorum.apiserver.http.TestServer.await;
import static dev.kvorum.apiserver.http.TestServer.bytes;
import static dev.kvorum.apiserver.http.TestServer.settle;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.apiserver.http.TestServer.Streams;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StreamTest {
  private static final String GET = "GET /?watch=true HTTP/1.1\r\nHost: x\r\n\r\n";

  private final Streams streams = new Streams();

  @Test
  void theHeadIsThereBeforeAnythingElse() throws Exception {
    try (TestServer it = new TestServer(streams);
        RawClient client = it.connect()) {
      assertThat(client.send(GET).head())
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("transfer-encoding: chunked\r\n")
          .doesNotContain("content-length");
    }
  }

  @Test
  void framesArriveInOrderAndTheBodyEndsCleanly() throws Exception {
    try (TestServer it = new TestServer(streams);
        RawClient client = it.connect()) {
      client.send(GET).head();
      HttpStream stream = streams.only();
      for (int i = 0; i < 1000; i++) {
        stream.send(bytes("frame " + i));
      }
      stream.close();
      stream.send(bytes("after the end"));

      for (int i = 0; i < 1000; i++) {
        assertThat(client.chunk()).isEqualTo("frame " + i);
      }
      assertThat(client.chunk()).isEmpty();
      await(() -> it.server.metrics().openStreams() == 0);
      client.send(GET);
      assertThat(client.head()).contains(" 200 ");
    }
  }

  @Test
  void whoOwnsAStreamHearsOnceThatItIsOver() throws Exception {
    try (TestServer it = new TestServer(streams)) {
      AtomicInteger closed = new AtomicInteger();
      HttpStream stream;
      try (RawClient client = it.connect()) {
        client.send(GET).head();
        stream = streams.only();
        stream.onClosed(closed::incrementAndGet);
      }
      await(() -> closed.get() == 1);
      stream.close();
      AtomicBoolean late = new AtomicBoolean();
      stream.onClosed(() -> late.set(true));

      await(late::get);
      assertThat(closed).hasValue(1);
      assertThat(stream.isReady()).isFalse();
    }
  }

  @Test
  void aClientThatDoesNotReadMakesItsStreamUnreadyAndNobodyElses() throws Exception {
    HttpLimits limits =
        HttpLimits.builder().streamBytes(32 << 10, 64 << 10, 64 << 20).build();
    // one event loop, so that the two share everything
    HttpConfig config = new HttpConfig(TestServer.FREE, null, limits, 1);
    try (TestServer it = new TestServer(config, streams);
        RawClient stalled = new RawClient(it.server.address(), 4096);
        RawClient other = it.connect()) {
      stalled.send(GET).head();
      HttpStream slow = streams.only();
      byte[] frame = new byte[16 << 10];
      int sent = 1024; // more than the system's buffers take
      for (int i = 0; i < sent; i++) {
        slow.send(frame);
      }
      settle(slow);
      assertThat(slow.isReady()).isFalse();
      AtomicBoolean readyAgain = new AtomicBoolean();
      slow.onReady(() -> readyAgain.set(true));

      other.send(GET).head();
      await(() -> streams.open.size() == 2);
      streams.open.remove(slow);
      HttpStream quick = streams.only();
      for (int i = 0; i < 100; i++) {
        quick.send(bytes("x" + i));
        assertThat(other.chunk()).isEqualTo("x" + i);
      }
      assertThat(slow.isReady()).isFalse();
      assertThat(readyAgain).isFalse();

      for (int i = 0; i < sent; i++) {
        assertThat(stalled.chunk()).hasSize(frame.length);
      }
      await(readyAgain::get);
      assertThat(slow.isReady()).isTrue();
    }
  }

  @Test
  void aStreamIsGivenUpWhenFarTooMuchIsSentAndNobodyReads() throws Exception {
    HttpLimits limits =
        HttpLimits.builder().streamBytes(1 << 10, 4 << 10, 256 << 10).build();
    try (TestServer it = new TestServer(limits, streams);
        RawClient stalled = new RawClient(it.server.address(), 4096)) {
      stalled.send(GET).head();
      HttpStream stream = streams.only();
      AtomicBoolean closed = new AtomicBoolean();
      stream.onClosed(() -> closed.set(true));
      byte[] frame = new byte[16 << 10];
      for (int i = 0; i < 10_000 && !closed.get(); i++) {
        stream.send(frame);
        settle(stream);
      }
      await(closed::get);

      assertThat(it.server.metrics().streamsGivenUp()).isEqualTo(1);
      assertThatThrownBy(() -> {
            while (!stalled.chunk().isEmpty()) {
              // reads what was on its way
            }
          })
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void anEndThatNobodyReadsIsNotWaitedForForEver() throws Exception {
    HttpLimits limits = HttpLimits.builder()
        .streamBytes(32 << 10, 64 << 10, 64 << 20)
        .send(Duration.ofMillis(200))
        .build();
    try (TestServer it = new TestServer(limits, streams);
        RawClient stalled = new RawClient(it.server.address(), 4096)) {
      stalled.send(GET).head();
      HttpStream stream = streams.only();
      stream.send(new byte[32 << 20]);
      stream.close();

      await(() -> it.server.metrics().openStreams() == 0);
      await(() -> it.server.metrics().connections() == 0);
    }
  }

  @Test
  void anAnswerThatNobodyReadsIsNotWaitedForForEver() throws Exception {
    HttpLimits limits = HttpLimits.builder().send(Duration.ofMillis(200)).build();
    HttpHandler large = (request, responder) ->
        responder.send(new HttpResponse(200, HttpFields.empty(), new byte[32 << 20]));
    try (TestServer it = new TestServer(limits, large);
        RawClient stalled = new RawClient(it.server.address(), 4096)) {
      stalled.send(GET).head();

      await(() -> it.server.metrics().connections() == 0);
    }
  }

  @Test
  void aThousandStreamsGetWhatIsSentToAll() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try (TestServer it = new TestServer(streams)) {
      for (int i = 0; i < 1000; i++) {
        RawClient client = it.connect();
        clients.add(client);
        client.send(GET);
      }
      for (RawClient client : clients) {
        client.head();
      }
      await(() -> streams.open.size() == 1000);
      assertThat(it.server.metrics().openStreams()).isEqualTo(1000);
      for (int i = 0; i < 5; i++) {
        byte[] shared = bytes("event " + i);
        streams.open.forEach(stream -> stream.send(shared));
      }
      for (RawClient client : clients) {
        for (int i = 0; i < 5; i++) {
          assertThat(client.chunk()).isEqualTo("event " + i);
        }
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void closingEndsStreamsCleanlyAndLetsRequestsFinish() throws Exception {
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
    try (RawClient watching = it.connect();
        RawClient asking = it.connect();
        RawClient idle = it.connect()) {
      watching.send(GET).head();
      streams.only();
      asking.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
      begun.await();
      await(() -> it.server.metrics().connections() == 3);
      Thread closing = Thread.ofVirtual().start(it::close);

      assertThat(watching.chunk()).isEmpty();
      assertThat(watching.isAtEnd()).isTrue();
      assertThat(idle.isAtEnd()).isTrue();
      release.countDown();
      RawClient.Answer answer = asking.answer();
      assertThat(answer.body()).isEqualTo("done");
      assertThat(answer.header("connection")).isEqualTo("close");
      closing.join();
      assertThatThrownBy(it::connect).isInstanceOf(IOException.class);
    }
  }

  @Test
  void closingDoesNotWaitForEverForARequest() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    HttpHandler hangs = (request, responder) -> {
      begun.countDown();
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.set(true);
      }
    };
    HttpLimits limits = HttpLimits.builder().shutdown(Duration.ofMillis(100)).build();
    TestServer it = new TestServer(limits, hangs);
    try (RawClient client = it.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      begun.await();
      it.close();

      assertThat(client.isAtEnd()).isTrue();
      await(interrupted::get);
    }
  }
}
