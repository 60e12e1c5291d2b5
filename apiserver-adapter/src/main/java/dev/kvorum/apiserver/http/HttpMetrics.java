package dev.kvorum.apiserver.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What a server has done and is doing, in numbers. Thread-safe; the numbers need not be of the same moment. */
public final class HttpMetrics {
  /** Methods that clients make up are counted as this one, or the numbers would grow with them. */
  private static final String OTHER = "OTHER";

  /** A kind of answer. */
  public record Answers(String method, int code) implements Comparable<Answers> {
    @Override
    public int compareTo(Answers other) {
      int byMethod = method.compareTo(other.method);
      return byMethod != 0 ? byMethod : Integer.compare(code, other.code);
    }
  }

  private final Map<Answers, LongAdder> answers = new ConcurrentHashMap<>();
  private final AtomicInteger openStreams = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder connectionsMade = new LongAdder();
  private final LongAdder streamsGivenUp = new LongAdder();
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private final Admission admission;

  HttpMetrics(Admission admission) {
    this.admission = admission;
  }

  void answered(String method, int code) {
    answers
        .computeIfAbsent(new Answers(known(method), code), unused -> new LongAdder())
        .increment();
  }

  private static String known(String method) {
    return switch (method) {
      case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE" -> method;
      default -> OTHER;
    };
  }

  void streamOpened() {
    openStreams.incrementAndGet();
  }

  void streamClosed() {
    openStreams.decrementAndGet();
  }

  void streamGivenUp() {
    streamsGivenUp.increment();
  }

  void connected() {
    connections.incrementAndGet();
    connectionsMade.increment();
  }

  void disconnected() {
    connections.decrementAndGet();
  }

  void received(long bytes) {
    bytesReceived.add(bytes);
  }

  void sent(long bytes) {
    bytesSent.add(bytes);
  }

  /** How many answers of each kind there were, streams among them. */
  public Map<Answers, Long> answers() {
    Map<Answers, Long> copy = new TreeMap<>();
    answers.forEach((kind, count) -> copy.put(kind, count.sum()));
    return copy;
  }

  /** Reading requests that are being served, without streams. */
  public int readsInFlight() {
    return admission.reads();
  }

  /** Writing requests that are being served. */
  public int writesInFlight() {
    return admission.writes();
  }

  public int openStreams() {
    return openStreams.get();
  }

  /** Streams that were ended because their clients did not keep up. */
  public long streamsGivenUp() {
    return streamsGivenUp.sum();
  }

  public int connections() {
    return connections.get();
  }

  /** Connections since the start. */
  public long connectionsMade() {
    return connectionsMade.sum();
  }

  /** Bytes of the bodies of requests. */
  public long bytesReceived() {
    return bytesReceived.sum();
  }

  /** Bytes of the bodies of answers, and of streams. */
  public long bytesSent() {
    return bytesSent.sum();
  }
}
