package dev.kvorum.grpc.oracle;

import java.net.URI;

/** The peer URLs of members that never start: on loopback, nobody listens there, and no two sequences share one. */
final class PeerUrls {
  private static final int FIRST_PORT = 31_500;

  private PeerUrls() {}

  /** The URL of the member with this handle, of the sequence of this seed. */
  static String url(long seed, int handle) {
    return "http://127." + (1 + seed / 62_500 % 250) + "." + (1 + seed / 250 % 250) + "."
        + (1 + seed % 250) + ":" + (FIRST_PORT + handle);
  }

  static int handle(String url) {
    return URI.create(url).getPort() - FIRST_PORT;
  }
}
