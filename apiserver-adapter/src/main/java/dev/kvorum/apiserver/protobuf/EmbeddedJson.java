package dev.kvorum.apiserver.protobuf;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/** JSON that protobuf holds as bytes. */
final class EmbeddedJson {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private EmbeddedJson() {}

  /** One value; a missing node if there are no bytes. */
  static JsonNode parse(byte[] bytes) throws ProtobufException {
    try {
      return JSON.readTree(bytes);
    } catch (JsonProcessingException e) {
      throw new ProtobufException("not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      // What is in memory can be read; what cannot is its encoding.
      throw new ProtobufException("not JSON: " + e.getMessage());
    }
  }

  static byte[] write(JsonNode value) throws ProtobufException {
    try {
      return JSON.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new ProtobufException("cannot be written as JSON: " + e.getOriginalMessage());
    }
  }
}
