package dev.kvorum.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;

/** Writes certificates and keys as the usual tools read them. */
final class PemFiles {
  private PemFiles() {}

  static String pem(String type, byte[] encoded) {
    return "-----BEGIN " + type + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END "
        + type + "-----\n";
  }

  /** Nobody else may read it, not even for a moment. */
  static void write(Path file, String type, byte[] encoded) throws IOException {
    PrivateFiles.write(file, pem(type, encoded).getBytes(StandardCharsets.US_ASCII));
  }
}
