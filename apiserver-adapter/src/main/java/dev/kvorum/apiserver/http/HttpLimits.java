package dev.kvorum.apiserver.http;

import java.time.Duration;

/**
 * What a client may take of a server. The usual values are upstream's where upstream has such a limit.
 *
 * @param bodyBytes the longest body of a request; beyond it 413
 * @param allBodiesBytes what all bodies that are being received may come to; beyond it 429
 * @param headerBytes the longest head of a request; beyond it 431
 * @param streamsPerConnection how many requests an HTTP/2 connection may have open
 * @param streamWindowBytes what an HTTP/2 client may send ahead in one request
 * @param reads how many reading requests are served at a time; beyond it 429
 * @param writes how many others are
 * @param request until when a request must be answered or have become a stream; beyond it 504
 * @param receive how long a request may take to arrive, from its first byte to its last
 * @param send how long a client may leave an answer lying without taking any of it
 * @param idle how long a connection is kept without a request
 * @param handshake how long TLS may take to be agreed upon
 * @param streamHighBytes when so much waits in a stream, it is not ready
 * @param streamLowBytes when no more than that waits, it is ready again
 * @param streamQueueBytes when so much waits in a stream and more is sent, it is given up
 * @param gzipBytes longer bodies are compressed for clients that can read that
 * @param shutdown how long requests may go on once the server is closing
 */
public record HttpLimits(
    int bodyBytes,
    long allBodiesBytes,
    int headerBytes,
    int streamsPerConnection,
    int streamWindowBytes,
    int reads,
    int writes,
    Duration request,
    Duration receive,
    Duration send,
    Duration idle,
    Duration handshake,
    int streamHighBytes,
    int streamLowBytes,
    int streamQueueBytes,
    int gzipBytes,
    Duration shutdown) {
  private static final int KIB = 1 << 10;
  private static final int MIB = 1 << 20;

  public HttpLimits {
    if (streamLowBytes > streamHighBytes || streamHighBytes > streamQueueBytes) {
      throw new IllegalArgumentException("a stream's marks must rise: " + streamLowBytes + ", "
          + streamHighBytes + ", " + streamQueueBytes);
    }
    if (reads < 1 || writes < 1 || streamsPerConnection < 1) {
      throw new IllegalArgumentException("nothing could ever be served");
    }
  }

  /** The usual ones. */
  public static HttpLimits usual() {
    return new Builder().build();
  }

  /** For limits that differ from the usual ones. */
  public static Builder builder() {
    return new Builder();
  }

  /** Begins with the usual limits. Not thread-safe. */
  public static final class Builder {
    private int bodyBytes = 3 * MIB;
    private long allBodiesBytes = 256L * MIB;
    private int headerBytes = MIB;
    private int streamsPerConnection = 250;
    private int streamWindowBytes = 256 * KIB;
    private int reads = 400;
    private int writes = 200;
    private Duration request = Duration.ofSeconds(60);
    private Duration receive = Duration.ofSeconds(60);
    private Duration send = Duration.ofSeconds(60);
    private Duration idle = Duration.ofSeconds(90);
    private Duration handshake = Duration.ofSeconds(10);
    private int streamHighBytes = 64 * KIB;
    private int streamLowBytes = 32 * KIB;
    private int streamQueueBytes = 4 * MIB;
    private int gzipBytes = 128 * KIB;
    private Duration shutdown = Duration.ofSeconds(10);

    private Builder() {}

    public Builder bodyBytes(int value) {
      bodyBytes = value;
      return this;
    }

    public Builder allBodiesBytes(long value) {
      allBodiesBytes = value;
      return this;
    }

    public Builder headerBytes(int value) {
      headerBytes = value;
      return this;
    }

    public Builder streamsPerConnection(int value) {
      streamsPerConnection = value;
      return this;
    }

    public Builder streamWindowBytes(int value) {
      streamWindowBytes = value;
      return this;
    }

    /** How many requests of each kind are served at a time. */
    public Builder inFlight(int reading, int writing) {
      reads = reading;
      writes = writing;
      return this;
    }

    public Builder request(Duration value) {
      request = value;
      return this;
    }

    public Builder receive(Duration value) {
      receive = value;
      return this;
    }

    public Builder send(Duration value) {
      send = value;
      return this;
    }

    public Builder idle(Duration value) {
      idle = value;
      return this;
    }

    public Builder handshake(Duration value) {
      handshake = value;
      return this;
    }

    /** The marks between which a stream becomes ready, and where it is given up. */
    public Builder streamBytes(int low, int high, int queue) {
      streamLowBytes = low;
      streamHighBytes = high;
      streamQueueBytes = queue;
      return this;
    }

    public Builder gzipBytes(int value) {
      gzipBytes = value;
      return this;
    }

    public Builder shutdown(Duration value) {
      shutdown = value;
      return this;
    }

    public HttpLimits build() {
      return new HttpLimits(
          bodyBytes,
          allBodiesBytes,
          headerBytes,
          streamsPerConnection,
          streamWindowBytes,
          reads,
          writes,
          request,
          receive,
          send,
          idle,
          handshake,
          streamHighBytes,
          streamLowBytes,
          streamQueueBytes,
          gzipBytes,
          shutdown);
    }
  }
}
