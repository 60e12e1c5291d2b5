package dev.kvorum.grpc.oracle;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.RangeResponse;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/**
 * Messages as etcd's gateway writes them, strictly: names as in the proto files, 64 bits as strings, defaults left out.
 * What is written in any other way is refused, so that nothing is lost when a tree is compared as a message.
 */
final class JsonMessages {
  private JsonMessages() {}

  static ObjectNode json(Message message) {
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      if (field.isRepeated()) {
        ArrayNode array = tree.putArray(field.getName());
        ((List<?>) entry.getValue()).forEach(each -> array.add(value(field, each)));
      } else {
        tree.set(field.getName(), value(field, entry.getValue()));
      }
    }
    return tree;
  }

  private static JsonNode value(FieldDescriptor field, Object value) {
    JsonNodeFactory make = JsonNodeFactory.instance;
    return switch (field.getType()) {
      case BOOL -> make.booleanNode((Boolean) value);
      case INT32 -> make.numberNode((Integer) value);
      case UINT32 -> {
        // As a reader of numbers would hold it, so that trees are equal.
        long unsigned = Integer.toUnsignedLong((Integer) value);
        yield unsigned <= Integer.MAX_VALUE
            ? make.numberNode((int) unsigned)
            : make.numberNode(unsigned);
      }
      case INT64 -> make.textNode(Long.toString((Long) value));
      case UINT64 -> make.textNode(Long.toUnsignedString((Long) value));
      case STRING -> make.textNode((String) value);
      case BYTES ->
        make.textNode(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
      case ENUM -> {
        EnumValueDescriptor known = (EnumValueDescriptor) value;
        yield known.getIndex() < 0
            ? make.numberNode(known.getNumber())
            : make.textNode(known.getName());
      }
      case MESSAGE -> json((Message) value);
      default -> throw new IllegalArgumentException("no such fields in etcd: " + field);
    };
  }

  /**
   * The message that {@code tree} is, of its generated class.
   *
   * @throws IllegalArgumentException if it is none or written in another way
   */
  static Message message(JsonNode tree, Descriptor type) {
    DynamicMessage message = dynamic(tree, type);
    ObjectNode again = json(message);
    if (!again.equals(tree)) {
      throw new IllegalArgumentException("written in another way than " + again);
    }
    try {
      Class<?> generated =
          Class.forName(RangeResponse.class.getPackageName() + "." + type.getName());
      Message prototype = (Message) generated.getMethod("getDefaultInstance").invoke(null);
      return prototype.newBuilderForType().mergeFrom(message.toByteString()).build();
    } catch (ReflectiveOperationException | InvalidProtocolBufferException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static DynamicMessage dynamic(JsonNode tree, Descriptor type) {
    DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
    if (!tree.isObject()) {
      throw new IllegalArgumentException("not an object");
    }
    tree.properties().forEach(property -> {
      FieldDescriptor field = type.findFieldByName(property.getKey());
      if (field == null) {
        throw new IllegalArgumentException("unknown field " + property.getKey());
      }
      if (field.isRepeated()) {
        property.getValue().forEach(each -> message.addRepeatedField(field, read(field, each)));
      } else {
        message.setField(field, read(field, property.getValue()));
      }
    });
    return message.build();
  }

  private static Object read(FieldDescriptor field, JsonNode node) {
    return switch (field.getType()) {
      case BOOL -> node.asBoolean();
      case INT32, UINT32 -> (int) node.asLong();
      case INT64 -> Long.parseLong(node.asText());
      case UINT64 -> Long.parseUnsignedLong(node.asText());
      case STRING -> node.asText();
      case BYTES -> ByteString.copyFrom(Base64.getDecoder().decode(node.asText()));
      case ENUM ->
        node.isTextual()
            ? field.getEnumType().findValueByName(node.asText())
            : field.getEnumType().findValueByNumberCreatingIfUnknown(node.asInt());
      case MESSAGE -> dynamic(node, field.getMessageType());
      default -> throw new IllegalArgumentException("no such fields in etcd: " + field);
    };
  }
}
