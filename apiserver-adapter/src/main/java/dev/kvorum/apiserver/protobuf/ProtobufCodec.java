package dev.kvorum.apiserver.protobuf;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Types;
import org.jspecify.annotations.Nullable;

/**
 * Objects in protobuf. Immutable, for all threads.
 *
 * <p>What is read holds no zero values that nobody set: of fields that are no pointers, only those that the API always
 * writes. What is written is, byte for byte, what the API server writes for such an object. Amounts and embedded JSON stay
 * as they are written.
 */
public final class ProtobufCodec {
  private static final String CUSTOM_SCHEMA =
      "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps";
  private static final int FRAME_HEADER = 4;

  private final Types types;
  private final Limits limits;

  /**
   * Makes a codec.
   *
   * @param types those that are not built in have no protobuf form
   */
  public ProtobufCodec(Types types, Limits limits) {
    this.types = types;
    this.limits = limits;
  }

  /** Whether the bytes begin as an object's do. */
  public static boolean recognizes(byte[] bytes) {
    return Envelope.isOne(bytes);
  }

  /**
   * Reads an object in its envelope.
   *
   * @param usual the kind of an object that does not name its own; null if it must
   * @throws ProtobufException if the bytes are not an object of a known kind
   */
  public ObjectNode decode(byte[] bytes, @Nullable GroupVersionKind usual)
      throws ProtobufException {
    return decode(Envelope.read(bytes), usual, new MessageReader(this, limits), 1);
  }

  ObjectNode decode(
      Envelope envelope, @Nullable GroupVersionKind usual, MessageReader reader, int depth)
      throws ProtobufException {
    String kind = envelope.kind().isEmpty() && usual != null ? usual.kind() : envelope.kind();
    String apiVersion = envelope.apiVersion().isEmpty() && usual != null
        ? usual.apiVersion()
        : envelope.apiVersion();
    if (kind.isEmpty() || apiVersion.isEmpty()) {
      throw new ProtobufException((kind.isEmpty() ? "kind" : "apiVersion") + " is not set");
    }
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("kind", kind);
    object.put("apiVersion", apiVersion);
    reader.object(envelope.message(), type(apiVersion, kind), object, depth);
    return object;
  }

  /**
   * Writes an object in its envelope.
   *
   * @throws ProtobufException if it names no known kind, or is not made as its kind says
   */
  public byte[] encode(JsonNode object) throws ProtobufException {
    String apiVersion = object.path("apiVersion").asText("");
    String kind = object.path("kind").asText("");
    ObjectType type = type(apiVersion, kind);
    WireWriter writer = new WireWriter();
    Envelope.begin(writer);
    int before = writer.size();
    new MessageWriter(this, writer, limits).object(object, type, 1);
    Envelope.end(writer, before, apiVersion, kind);
    return writer.toBytes();
  }

  /**
   * An event of a watch, with its length before it, as it is sent.
   *
   * @param type as {@code ADDED}
   * @param object in its envelope
   */
  public static byte[] watchFrame(String type, byte[] object) {
    WireWriter writer = new WireWriter();
    writer.field(1, object);
    writer.close(2, 0);
    writer.field(1, type);
    int length = writer.size();
    writer.raw(new byte[] {
      (byte) (length >>> 24), (byte) (length >>> 16), (byte) (length >>> 8), (byte) length
    });
    return writer.toBytes();
  }

  /**
   * Reads an event of a watch: a tree with {@code type} and {@code object}.
   *
   * @param frame with its length before it, whole
   * @throws ProtobufException if it is none
   */
  public ObjectNode decodeWatchFrame(byte[] frame) throws ProtobufException {
    if (frame.length < FRAME_HEADER) {
      throw new ProtobufException("a frame of " + frame.length + " bytes");
    }
    long length = (frame[0] & 0xffL) << 24
        | (frame[1] & 0xff) << 16
        | (frame[2] & 0xff) << 8
        | (frame[3] & 0xff);
    if (length != frame.length - FRAME_HEADER) {
      throw new ProtobufException("a frame of " + length + " bytes, with "
          + (frame.length - FRAME_HEADER) + " bytes in it");
    }
    ObjectNode event = JsonNodeFactory.instance.objectNode();
    new MessageReader(this, limits)
        .object(
            new WireReader(frame, FRAME_HEADER, frame.length), type("v1", "WatchEvent"), event, 1);
    return event;
  }

  /** The type of the schema in a custom resource's definition, which holds itself. */
  ObjectType customSchema() throws ProtobufException {
    ObjectType type = BuiltInTypes.get().find(CUSTOM_SCHEMA);
    if (type == null) {
      throw new ProtobufException("the schema of custom resources is not known");
    }
    return type;
  }

  private ObjectType type(String apiVersion, String kind) throws ProtobufException {
    ObjectType type = types.find(GroupVersionKind.of(apiVersion, kind));
    if (type == null || type.wire() == null) {
      throw new ProtobufException("no kind \"" + Timestamps.shortened(kind)
          + "\" is registered for version \"" + Timestamps.shortened(apiVersion) + "\"");
    }
    return type;
  }
}
