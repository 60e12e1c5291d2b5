package dev.kvorum.store.mvcc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.kvorum.store.KeyValue;
import java.util.ArrayDeque;

/**
 * Decides which versions keep their key-value in memory: those read since they were last looked at (second chance),
 * within a bound on bytes.
 *
 * <p>A hit takes no lock and finds the value in the version itself. Thread-safe.
 */
final class ValueCache {
  /** What a cached value costs beside its bytes: the key-value, its windows and array header, the queue's slot. */
  private static final int OVERHEAD_BYTES = 160;

  private static final int SEGMENTS =
      8; // by mod revision; neighbours in a batch go to different ones

  private final Segment[] segments = new Segment[SEGMENTS];
  private final long maxBytes;

  ValueCache(long maxBytes) {
    this.maxBytes = maxBytes;
    for (int i = 0; i < SEGMENTS; i++) {
      segments[i] = new Segment(maxBytes / SEGMENTS);
    }
  }

  /** Whether reading {@code bytes} at once is little enough to be worth remembering. */
  boolean isWorthKeeping(long bytes) {
    return bytes <= maxBytes / 16;
  }

  /** Takes over a version that was just written, holds its value and is not visible to readers yet. */
  void admitWritten(Version version) {
    KeyValue keyValue = version.cached;
    if (keyValue != null) {
      segmentOf(version).add(version, keyValue);
    }
  }

  /** Keeps a value that was read from the engine, unless another reader was faster. */
  void admitRead(Version version, KeyValue keyValue) {
    segmentOf(version).addIfAbsent(version, keyValue);
  }

  private Segment segmentOf(Version version) {
    return segments[(int) (version.modRevision & SEGMENTS - 1)];
  }

  private static final class Segment {
    private final long maxBytes;

    @GuardedBy("this")
    private final ArrayDeque<Version> queue = new ArrayDeque<>();

    @GuardedBy("this")
    private long bytes;

    Segment(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    synchronized void addIfAbsent(Version version, KeyValue keyValue) {
      if (version.cached == null) {
        add(version, keyValue);
      }
    }

    synchronized void add(Version version, KeyValue keyValue) {
      int size = keyValue.encoded().length + OVERHEAD_BYTES;
      if (size > maxBytes) {
        version.cached = null;
        return;
      }
      version.cached = keyValue;
      queue.addLast(version);
      bytes += size;
      while (bytes > maxBytes) {
        Version oldest = queue.removeFirst();
        if (oldest.recentlyUsed) {
          oldest.recentlyUsed = false;
          queue.addLast(oldest);
        } else {
          KeyValue evicted = oldest.cached;
          oldest.cached = null;
          if (evicted != null) {
            bytes -= evicted.encoded().length + OVERHEAD_BYTES;
          }
        }
      }
    }
  }
}
