package dev.kvorum.apiserver.codec;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.JsonWriter;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Completes objects as they are stored without reading them: compact JSON that begins with kind, API version and metadata,
 * in which the metadata has no resource version.
 */
public final class StoredJson {
  private static final byte[] METADATA = ascii("\"metadata\":{");
  private static final byte[] VERSION = ascii("\"resourceVersion\":\"");

  private StoredJson() {}

  /**
   * The object with its resource version, as an element of a list.
   *
   * @param stored as it was written, without a line break
   * @param kind how the stored objects of its kind begin: {@link #beginning}
   * @param named whether elements of lists say what they are; those of built-in kinds do not
   * @return null if it does not look like that: then it has to be read
   */
  public static byte @Nullable [] inList(
      byte[] stored, byte[] kind, long resourceVersion, boolean named) {
    int metadata = kind.length;
    int content = metadata + METADATA.length;
    if (!startsWith(stored, kind, 0) || !startsWith(stored, METADATA, metadata)) {
      return null;
    }
    byte[] version = ascii(Long.toString(resourceVersion));
    ByteArrayOutputStream out =
        new ByteArrayOutputStream(stored.length + VERSION.length + version.length + 2);
    if (named) {
      out.write(stored, 0, content);
    } else {
      out.write('{');
      out.write(stored, metadata, METADATA.length);
    }
    out.writeBytes(VERSION);
    out.writeBytes(version);
    out.write('"');
    if (stored[content] != '}') {
      out.write(',');
    }
    out.write(stored, content, stored.length - content);
    return out.toByteArray();
  }

  /** How the stored objects of a kind begin. */
  public static byte[] beginning(GroupVersionKind kind) {
    ObjectNode head = JsonNodeFactory.instance.objectNode();
    head.put("kind", kind.kind()).put("apiVersion", kind.apiVersion());
    byte[] json = JsonWriter.compact(head);
    json[json.length - 1] = ',';
    return json;
  }

  private static boolean startsWith(byte[] text, byte[] begin, int at) {
    return text.length > at + begin.length
        && Arrays.equals(text, at, at + begin.length, begin, 0, begin.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
