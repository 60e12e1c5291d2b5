package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.JsonReader;
import dev.kvorum.apiserver.json.JsonSyntaxException;
import dev.kvorum.apiserver.json.JsonWriter;
import dev.kvorum.apiserver.protobuf.Limits;
import dev.kvorum.apiserver.protobuf.ProtobufCodec;
import dev.kvorum.apiserver.protobuf.ProtobufException;
import dev.kvorum.apiserver.schema.Types;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.yaml.YamlWriter;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the bodies of responses from objects, byte for byte as upstream's server writes such objects. Immutable, for all
 * threads.
 */
public final class BodyEncoder {
  private static final byte[] ITEMS = {'"', 'i', 't', 'e', 'm', 's', '"', ':', '['};
  private static final byte[] END = {']', '}', '\n'};

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
   * Writes an object, as {@code Content-Type: type} says. Fields are written in the order that they have, in YAML sorted;
   * JSON ends with a line break unless it is pretty.
   *
   * @param pretty for people, in JSON
   * @throws CodecException (500) if it has no such form
   */
  public byte[] encode(JsonNode object, MediaType type, boolean pretty) throws CodecException {
    return switch (type) {
      case JSON -> pretty ? JsonWriter.pretty(object) : withLineBreak(JsonWriter.compact(object));
      case YAML -> YamlWriter.write(object);
      case PROTOBUF -> {
        try {
          yield protobuf.encode(object);
        } catch (ProtobufException e) {
          throw new CodecException(Status.failure(String.valueOf(e.getMessage())));
        }
      }
    };
  }

  /** As {@link #encode(JsonNode, MediaType, boolean)}, in the form that was agreed upon. */
  public byte[] encode(JsonNode object, Negotiated form) throws CodecException {
    return encode(object, form.type(), form.pretty());
  }

  /**
   * Writes a list of objects that are JSON already; see {@link StoredJson#inList}. In compact JSON they are put in as they
   * are, in any other form they have to be read.
   *
   * @param list all but its items
   * @param items each one object
   * @throws CodecException (500) if the list has no such form
   */
  public byte[] encodeList(ObjectNode list, List<byte[]> items, Negotiated form)
      throws CodecException {
    if (form.type() != MediaType.JSON || form.pretty()) {
      ObjectNode whole = list.deepCopy();
      ArrayNode array = whole.putArray("items");
      for (byte[] item : items) {
        array.add(read(item));
      }
      return encode(whole, form);
    }
    byte[] head = JsonWriter.compact(list);
    int size = head.length + items.size() + 16;
    for (byte[] item : items) {
      size += item.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(size);
    out.write(head, 0, head.length - 1);
    if (!list.isEmpty()) {
      out.write(',');
    }
    out.writeBytes(ITEMS);
    boolean first = true;
    for (byte[] item : items) {
      if (!first) {
        out.write(',');
      }
      first = false;
      out.writeBytes(item);
    }
    out.writeBytes(END);
    return out.toByteArray();
  }

  private static JsonNode read(byte[] json) throws CodecException {
    try {
      return JsonReader.read(json);
    } catch (JsonSyntaxException e) {
      throw new CodecException(Status.failure(String.valueOf(e.getMessage())));
    }
  }

  private static byte[] withLineBreak(byte[] text) {
    byte[] longer = Arrays.copyOf(text, text.length + 1);
    longer[text.length] = '\n';
    return longer;
  }
}
