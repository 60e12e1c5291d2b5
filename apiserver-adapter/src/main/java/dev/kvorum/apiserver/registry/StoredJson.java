package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.protobuf.Limits;
import dev.kvorum.apiserver.protobuf.ProtobufCodec;
import dev.kvorum.apiserver.protobuf.ProtobufException;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.storage.StorageException;
import dev.kvorum.apiserver.storage.Stored;
import dev.kvorum.store.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;

/**
 * Objects as JSON in the store: without their resource version, which the store keeps itself. What a kube-apiserver has
 * written in protobuf is read as well; it reads JSON, too, whatever it writes.
 */
final class StoredJson {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ProtobufCodec PROTOBUF =
      new ProtobufCodec(BuiltInTypes.get(), Limits.DEFAULT);

  private StoredJson() {}

  /**
   * Reads an object, in the version in which it is stored.
   *
   * @throws StorageException if it is none: somebody else has written there
   */
  static ObjectNode read(Stored stored) {
    byte[] bytes = stored.value().sharedArray();
    ObjectNode object;
    try {
      if (ProtobufCodec.recognizes(bytes)) {
        object = PROTOBUF.decode(bytes, null);
        Metadata.setRevision(object, stored.revision());
        return object;
      }
      if (!(JSON.readTree(new ByteArrayInputStream(bytes)) instanceof ObjectNode tree)) {
        throw new StorageException(
            StorageException.Kind.UNREADABLE, "no object is stored as " + stored.key(), "");
      }
      object = tree;
    } catch (ProtobufException e) {
      throw new StorageException(
          StorageException.Kind.UNREADABLE,
          "what is stored as " + stored.key() + " cannot be read: " + e.getMessage(),
          "");
    } catch (IOException e) {
      throw new StorageException(
          StorageException.Kind.UNREADABLE, "no JSON is stored as " + stored.key(), "");
    }
    Metadata.setRevision(object, stored.revision());
    return object;
  }

  /** How an object is stored. */
  static Bytes write(ObjectNode object) {
    ObjectNode copy = object;
    if (!Metadata.resourceVersion(object).isEmpty()) {
      copy = object.deepCopy();
      Metadata.in(copy).remove("resourceVersion");
    }
    try {
      return Bytes.wrap(JSON.writeValueAsBytes(copy));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always written", e);
    }
  }
}
