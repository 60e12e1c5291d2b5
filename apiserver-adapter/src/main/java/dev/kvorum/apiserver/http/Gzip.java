package dev.kvorum.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Compresses long answers for clients that can read that. */
final class Gzip {
  private Gzip() {}

  /** Whether {@code response} is to be compressed. */
  static boolean applies(HttpRequest request, HttpResponse response, int threshold) {
    return response.body().length > threshold
        && !response.headers().has("Content-Encoding")
        && request.headers().all("Accept-Encoding").stream().anyMatch(Gzip::accepts);
  }

  private static boolean accepts(String encodings) {
    for (String clause : encodings.split(",", -1)) {
      String[] parts = clause.split(";", -1);
      if (parts[0].strip().equalsIgnoreCase("gzip")) {
        for (int i = 1; i < parts.length; i++) {
          String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
          if (parameter.matches("q=0(\\.0*)?")) {
            return false;
          }
        }
        return true;
      }
    }
    return false;
  }

  /** Takes milliseconds a megabyte: not for event loops. */
  static HttpResponse compress(HttpResponse response) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(response.body().length / 4);
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    }) {
      gzip.write(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written to", e);
    }
    HttpFields headers =
        response.headers().with("Content-Encoding", "gzip").with("Vary", "Accept-Encoding");
    return new HttpResponse(response.status(), headers, bytes.toByteArray());
  }
}
