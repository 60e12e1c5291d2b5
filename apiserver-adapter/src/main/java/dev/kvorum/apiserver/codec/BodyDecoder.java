package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.protobuf.Limits;
import dev.kvorum.apiserver.protobuf.ProtobufCodec;
import dev.kvorum.apiserver.protobuf.ProtobufException;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.Types;
import dev.kvorum.apiserver.status.Status;
import java.io.IOException;
import java.util.List;

/** Makes objects from the bodies of requests. Immutable, for all threads. */
public final class BodyDecoder {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final ProtobufCodec protobuf;

  /**
   * Makes one.
   *
   * @param types what there is; objects of the others are taken as they are
   */
  public BodyDecoder(Types types) {
    protobuf = new ProtobufCodec(types, Limits.REQUEST);
  }

  /**
   * Reads a body.
   *
   * @param expected the kind of the objects at that place. A built-in one is that of a body that names none
   * @throws CodecException (400) if it is no object, or not one of a known kind
   */
  public Decoded decode(byte[] body, MediaType type, GroupVersionKind expected)
      throws CodecException {
    try {
      if (type == MediaType.PROTOBUF) {
        return new Decoded(protobuf.decode(body, expected), List.of());
      }
      JsonNode tree = JSON.readTree(body);
      if (tree instanceof ObjectNode object) {
        return decode(object, expected);
      }
      throw new CodecException(Status.badRequest("not an object"));
    } catch (ProtobufException | IOException e) {
      throw new CodecException(
          Status.badRequest(cannotBeHandled(expected, expected, String.valueOf(e.getMessage()))));
    }
  }

  /**
   * Makes an object from a tree that came in another way, such as what a patch made of an object. The tree may become part
   * of it.
   *
   * @throws CodecException (400) if the tree does not fit its kind
   */
  public Decoded decode(ObjectNode tree, GroupVersionKind expected) throws CodecException {
    if (!tree.has("kind")) {
      tree.put("kind", expected.kind());
    }
    if (!tree.has("apiVersion")) {
      tree.put("apiVersion", expected.apiVersion());
    }
    return new Decoded(tree, List.of());
  }

  static String cannotBeHandled(GroupVersionKind kind, GroupVersionKind expected, String why) {
    return kind.kind() + " in version \"" + kind.version() + "\" cannot be handled as a "
        + expected.kind() + ": " + why;
  }
}
