package dev.kvorum.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what is made of TLS files current: the files are looked at every second, and when they have changed, are read and
 * made into a new {@code T}. Files that make no sense, or do not fit each other, change nothing: what was there before
 * stays in use, an error is logged, and they are tried again when they change. Thread-safe.
 *
 * @param <T> what a listener or client makes of them, typically a library's context
 */
public final class TlsSource<T> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsSource.class);
  private static final long LOOK_MILLIS = 1_000;

  /** Makes the files' contents usable. */
  public interface Build<T> {
    T build(TlsMaterial material) throws IOException, GeneralSecurityException;
  }

  private record Current<T>(TlsMaterial material, T built) {}

  private final String name;
  private final TlsSettings settings;
  private final Build<T> build;
  private final WatchedFiles files;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private final @Nullable ScheduledExecutorService looking;
  private volatile Current<T> current;
  private @Nullable String complaint; // guarded by this: the last error, so that it is logged once

  private TlsSource(String name, TlsSettings settings, Build<T> build, boolean look)
      throws IOException {
    this.name = name;
    this.settings = settings;
    this.build = build;
    this.files = new WatchedFiles(settings.files());
    this.current = load(Objects.requireNonNull(files.readIfChanged()));
    if (!look) {
      looking = null;
      return;
    }
    looking = Executors.newSingleThreadScheduledExecutor(task -> {
      Thread thread = new Thread(task, name + "-tls-files");
      thread.setDaemon(true);
      return thread;
    });
    var unused = looking.scheduleWithFixedDelay(
        this::lookSafely, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Reads the files and keeps looking at them until closed.
   *
   * @param name for the log: whose files these are
   * @throws IOException if they cannot be used; the message names the file
   */
  public static <T> TlsSource<T> open(String name, TlsSettings settings, Build<T> build)
      throws IOException {
    return new TlsSource<>(name, settings, build, true);
  }

  /** The same, except that the files are looked at only when {@link #look} is called. */
  static <T> TlsSource<T> openWithoutLooking(String name, TlsSettings settings, Build<T> build)
      throws IOException {
    return new TlsSource<>(name, settings, build, false);
  }

  /** What the files came to when they last made sense. */
  public T current() {
    return current.built;
  }

  /** What the files held when they last made sense. */
  public TlsMaterial material() {
    return current.material;
  }

  public TlsSettings settings() {
    return settings;
  }

  /** Sets what to run after each change, on the thread that looks at the files. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }

  private void lookSafely() {
    try {
      look();
    } catch (RuntimeException | Error e) {
      LOG.error("{}: looking at the TLS files failed; it goes on", name, e);
    }
  }

  /** Looks at the files once; says whether they were taken over. */
  synchronized boolean look() {
    try {
      Map<Path, byte[]> contents = files.readIfChanged();
      if (contents == null) {
        return false;
      }
      current = load(contents);
    } catch (IOException | RuntimeException e) {
      complain(e);
      return false;
    }
    complaint = null;
    LOG.info(
        "{}: took over changed TLS files, certificate of {} valid until {}",
        name,
        subject(),
        current.material.identity().chain().get(0).getNotAfter().toInstant());
    listeners.forEach(Runnable::run);
    return true;
  }

  private String subject() {
    return current.material.identity().chain().get(0).getSubjectX500Principal().toString();
  }

  private void complain(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    if (!message.equals(complaint)) {
      complaint = message;
      LOG.error("{}: changed TLS files cannot be used, the old ones stay: {}", name, message);
    }
  }

  private Current<T> load(Map<Path, byte[]> contents) throws IOException {
    TlsMaterial material = TlsMaterial.of(settings, contents);
    try {
      return new Current<>(material, build.build(material));
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new TlsException("the TLS files of " + name + " cannot be used", e);
    }
  }

  /** Stops looking at the files. */
  @Override
  public void close() {
    if (looking != null) {
      looking.shutdownNow();
    }
  }
}
