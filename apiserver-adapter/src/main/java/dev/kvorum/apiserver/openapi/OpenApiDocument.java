package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A document as it is sent.
 *
 * @param json not to be changed
 * @param hash of the content, in upper case: the {@code ETag} (without its quotes), and the {@code hash} in the address
 *     under which the index names the document. What was asked for with its hash never changes, so a client may keep it
 *     for as long as it likes
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
public record OpenApiDocument(byte[] json, String hash) {
  private static final JsonMapper JSON = new JsonMapper();

  static OpenApiDocument of(JsonNode tree) {
    try {
      byte[] json = JSON.writeValueAsBytes(tree);
      byte[] digest = MessageDigest.getInstance("SHA-512").digest(json);
      return new OpenApiDocument(json, HexFormat.of().withUpperCase().formatHex(digest));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that cannot be written", e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-512", e);
    }
  }
}
