package dev.kvorum.apiserver.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.JsonReader;
import dev.kvorum.apiserver.json.JsonSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * Where a list goes on (Kubernetes API: {@code continue}). Opaque to clients, and the same as kube-apiserver's, so that a
 * list may go on at another server.
 *
 * @param revision of all pages of the list; {@link #LATEST} if the next one is of whatever there is by then
 * @param start the first key that may come, below the list's prefix
 */
record ContinueToken(long revision, String start) {
  /** A list that has lost its revision to compaction, and goes on all the same. */
  static final long LATEST = -1;

  private static final String VERSION = "meta.k8s.io/v1";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A token that this server has not made; the message is for the client. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1;

    Unreadable(String why) {
      super("continue key is not valid: " + why);
    }
  }

  /** For what comes after the object with the key {@code prefix + last}. */
  static ContinueToken after(long revision, String last) {
    return new ContinueToken(revision, last + "\0");
  }

  String encode() {
    ObjectNode token = JSON.createObjectNode();
    token.put("v", VERSION);
    token.put("rv", revision);
    token.put("start", start);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(token.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads a token, whoever has made it.
   *
   * @throws Unreadable if it is none, or would lead out of the list
   */
  static ContinueToken decode(String encoded) throws Unreadable {
    JsonNode token;
    try {
      token = JsonReader.read(Base64.getUrlDecoder().decode(encoded));
    } catch (IllegalArgumentException | JsonSyntaxException e) {
      throw new Unreadable(String.valueOf(e.getMessage()));
    }
    String version = token.path("v").asText();
    if (!version.equals(VERSION)) {
      throw new Unreadable("server does not recognize this encoded version " + version);
    }
    long revision = token.path("rv").asLong();
    if (revision == 0 || revision < LATEST) {
      throw new Unreadable("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
    }
    String start = token.path("start").asText();
    if (start.isEmpty()) {
      throw new Unreadable("encoded start key empty (version meta.k8s.io/v1)");
    }
    // A server with a cache writes it with a slash in front, one without does not.
    String below = start.startsWith("/") ? start.substring(1) : start;
    if (Arrays.asList(below.split("/", -1)).contains("..")) {
      throw new Unreadable(start);
    }
    return new ContinueToken(revision, below);
  }
}
