package dev.kvorum.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Asks one health page. Small on purpose: a container's health check starts a JVM for each question. */
final class HealthProbe {
  private static final int MAX_ANSWER_BYTES = 4096;

  /**
   * What came of it.
   *
   * @param healthy whether the page says so
   * @param text what it says, or why there is no answer; one line
   */
  record Finding(boolean healthy, String text) {}

  private final URI page;
  private final int timeoutMillis;
  private final @Nullable SSLSocketFactory sockets;

  /**
   * Creates it.
   *
   * @param tls null if the page is not {@code https}
   */
  HealthProbe(URI page, Duration timeout, @Nullable SSLContext tls) {
    this.page = page;
    this.timeoutMillis = Math.toIntExact(timeout.toMillis());
    this.sockets = tls == null ? null : tls.getSocketFactory();
  }

  /** Asks once; every failure is a finding. */
  Finding ask() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) page.toURL().openConnection(Proxy.NO_PROXY);
      if (connection instanceof HttpsURLConnection secured && sockets != null) {
        secured.setSSLSocketFactory(sockets);
      }
      connection.setConnectTimeout(timeoutMillis);
      connection.setReadTimeout(timeoutMillis);
      connection.setInstanceFollowRedirects(false);
      try {
        int code = connection.getResponseCode();
        String answer =
            text(code < 400 ? connection.getInputStream() : connection.getErrorStream());
        return code == 200 ? new Finding(true, answer) : new Finding(false, code + " " + answer);
      } finally {
        connection.disconnect();
      }
    } catch (IOException unreachable) {
      String reason = unreachable.getMessage();
      return new Finding(false, reason == null ? unreachable.toString() : reason);
    }
  }

  private static String text(@Nullable InputStream answer) throws IOException {
    if (answer == null) {
      return "";
    }
    try (answer) {
      return new String(answer.readNBytes(MAX_ANSWER_BYTES), StandardCharsets.UTF_8)
          .strip()
          .replace("\n", "; ");
    }
  }
}
