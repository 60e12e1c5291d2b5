package dev.kvorum.apiserver.server;

import dev.kvorum.apiserver.http.HttpStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A stream whose client is the test, on an event loop of its own. */
final class FakeStream implements HttpStream {
  private final ExecutorService loop =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

  private final List<String> frames = new ArrayList<>(); // guarded by this
  private final List<Runnable> closers = new ArrayList<>(); // guarded by this
  private Runnable onReady = () -> {}; // guarded by this
  private boolean ready = true; // guarded by this
  private boolean closed; // guarded by this

  @Override
  public Executor executor() {
    return loop;
  }

  @Override
  public synchronized boolean isReady() {
    return ready && !closed;
  }

  @Override
  public synchronized void send(byte[] frame) {
    if (!closed) {
      frames.add(new String(frame, StandardCharsets.UTF_8));
      notifyAll();
    }
  }

  @Override
  public synchronized void onReady(Runnable task) {
    onReady = task;
  }

  @Override
  public synchronized void onClosed(Runnable task) {
    if (closed) {
      loop.execute(task);
    } else {
      closers.add(task);
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      closers.forEach(loop::execute);
      notifyAll();
    }
  }

  synchronized boolean isClosed() {
    return closed;
  }

  /** Has the client take nothing any more, or everything again. */
  synchronized void setReady(boolean ready) {
    this.ready = ready;
    if (ready) {
      loop.execute(onReady);
    }
  }

  /** Waits for that many frames, and returns all there are. */
  synchronized List<String> await(int count) throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (frames.size() < count && !closed) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError(frames.size() + " of " + count + " frames: " + frames);
      }
      wait(left);
    }
    return List.copyOf(frames);
  }

  synchronized void awaitClosed() throws InterruptedException {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!closed) {
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new AssertionError("still open after " + frames);
      }
      wait(left);
    }
  }
}
