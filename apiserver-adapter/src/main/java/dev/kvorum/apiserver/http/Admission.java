package dev.kvorum.apiserver.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** How many requests are served at a time, and how many bytes of bodies are held meanwhile. Thread-safe. */
final class Admission {
  private final int mostReads;
  private final int mostWrites;
  private final long mostBodyBytes;
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger writes = new AtomicInteger();
  private final AtomicLong bodyBytes = new AtomicLong();

  Admission(HttpLimits limits) {
    mostReads = limits.reads();
    mostWrites = limits.writes();
    mostBodyBytes = limits.allBodiesBytes();
  }

  /** A place among those that are served. */
  enum Slot {
    READ,
    WRITE,
    /** Of a stream, which takes none. */
    EXEMPT
  }

  /** Which place a request takes. */
  static Slot slot(HttpRequest request) {
    boolean reads = switch (request.method()) {
      case "GET", "HEAD", "OPTIONS" -> true;
      default -> false;
    };
    return reads && isStream(request) ? Slot.EXEMPT : reads ? Slot.READ : Slot.WRITE;
  }

  private static boolean isStream(HttpRequest request) {
    String watch = request.query().first("watch");
    return request.webSocket() || (watch != null && !watch.equals("0") && !watch.equals("false"));
  }

  /** Takes a place; says whether there was one. */
  boolean enter(Slot slot) {
    return switch (slot) {
      case READ -> enter(reads, mostReads);
      case WRITE -> enter(writes, mostWrites);
      case EXEMPT -> true;
    };
  }

  private static boolean enter(AtomicInteger inFlight, int most) {
    if (inFlight.incrementAndGet() > most) {
      inFlight.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave(Slot slot) {
    switch (slot) {
      case READ -> reads.decrementAndGet();
      case WRITE -> writes.decrementAndGet();
      case EXEMPT -> {
        // took none
      }
    }
  }

  /** Takes room for bytes of a body; says whether there was enough. */
  boolean take(int bytes) {
    if (bodyBytes.addAndGet(bytes) > mostBodyBytes) {
      bodyBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void giveBack(int bytes) {
    bodyBytes.addAndGet(-bytes);
  }

  int reads() {
    return reads.get();
  }

  int writes() {
    return writes.get();
  }

  long bodyBytes() {
    return bodyBytes.get();
  }
}
