package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kvorum.apiserver.protobuf.Limits;
import dev.kvorum.apiserver.protobuf.ProtobufCodec;
import dev.kvorum.apiserver.protobuf.ProtobufException;
import dev.kvorum.apiserver.schema.Types;
import dev.kvorum.apiserver.status.Status;
import java.nio.charset.StandardCharsets;

/** Makes the bodies of responses from objects. Immutable, for all threads. */
public final class BodyEncoder {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ProtobufCodec protobuf;

  /**
   * Makes one.
   *
   * @param types the built-in ones among them have a protobuf form
   */
  public BodyEncoder(Types types) {
    protobuf = new ProtobufCodec(types, Limits.DEFAULT);
  }

  /**
   * Writes an object, as {@code Content-Type: type} says.
   *
   * @param pretty for people, in JSON
   * @throws CodecException (500) if it has no such form
   */
  public byte[] encode(JsonNode object, MediaType type, boolean pretty) throws CodecException {
    try {
      if (type == MediaType.PROTOBUF) {
        return protobuf.encode(object);
      }
      String text = pretty
          ? JSON.writerWithDefaultPrettyPrinter().writeValueAsString(object)
          : JSON.writeValueAsString(object) + "\n";
      return text.getBytes(StandardCharsets.UTF_8);
    } catch (ProtobufException | JsonProcessingException e) {
      throw new CodecException(Status.failure(String.valueOf(e.getMessage())));
    }
  }

  /** As {@link #encode(JsonNode, MediaType, boolean)}, in the form that was agreed upon. */
  public byte[] encode(JsonNode object, Negotiated form) throws CodecException {
    return encode(object, form.type(), form.pretty());
  }
}
