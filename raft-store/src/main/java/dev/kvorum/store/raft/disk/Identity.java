package dev.kvorum.store.raft.disk;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Who a data directory belongs to. Written once, when the directory is first used.
 *
 * @param clusterId unsigned
 * @param memberId unsigned
 * @param name the member's name
 * @param joined whether the member was added to a running cluster, which gave it its ids
 * @param diskId random; made with the directory, so that a wiped disk is not taken for the one that was there before
 */
public record Identity(long clusterId, long memberId, String name, boolean joined, String diskId) {
  /** Version of the directory's layout. A newer one is refused, not guessed at. */
  static final int FORMAT = 1;

  byte[] encode() {
    HexFormat hex = HexFormat.of();
    String text = "format=" + FORMAT + "\ncluster=" + hex.toHexDigits(clusterId) + "\nmember="
        + hex.toHexDigits(memberId) + "\nname=" + name + "\ndisk=" + diskId + "\n"
        + (joined ? "joined=true\n" : "");
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @param where named in messages
   */
  static Identity decode(byte[] content, String where) throws UnusableDataException {
    Map<String, String> fields = new LinkedHashMap<>();
    for (String line : new String(content, StandardCharsets.UTF_8).lines().toList()) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        fields.put(line.substring(0, equals), line.substring(equals + 1));
      }
    }
    try {
      int format = Integer.parseInt(field(fields, "format"));
      if (format > FORMAT) {
        throw new UnusableDataException(where + " was written by a newer version (format " + format
            + ", this version knows " + FORMAT + "): start it with that version");
      }
      return new Identity(
          Long.parseUnsignedLong(field(fields, "cluster"), 16),
          Long.parseUnsignedLong(field(fields, "member"), 16),
          field(fields, "name"),
          "true".equals(fields.get("joined")),
          field(fields, "disk"));
    } catch (IllegalArgumentException e) {
      throw new UnusableDataException(where + " is damaged: " + e.getMessage(), e);
    }
  }

  private static String field(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no field " + name);
    }
    return value;
  }
}
