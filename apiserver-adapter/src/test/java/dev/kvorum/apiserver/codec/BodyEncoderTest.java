package dev.kvorum.apiserver.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.json.JsonReader;
import dev.kvorum.apiserver.json.JsonWriter;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BodyEncoderTest {
  private static final BodyEncoder ENCODER = new BodyEncoder(BuiltInTypes.get());
  private static final GroupVersionKind CONFIG_MAP = GroupVersionKind.of("v1", "ConfigMap");
  private static final Negotiated COMPACT = new Negotiated(MediaType.JSON, Transform.NONE, false);

  @Test
  void jsonIsThatOfGo() throws Exception {
    JsonNode tree = tree(
        "{\"b\":\"<&>\\u2028\\u2029é😀\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\\u007f\",\"a\":[1.50,1e-7,-0.0]}");
    assertThat(text(ENCODER.encode(tree, MediaType.JSON, false)))
        .isEqualTo(
            "{\"b\":\"\\u003c\\u0026\\u003e\\u2028\\u2029é😀\\u0001\\b\\f\\n\\r\\t\\\"\\\\/\u007f\",\"a\":[1.50,1e-7,-0.0]}\n");
    assertThat(text(JsonWriter.compact(tree("{\"a\":\"\\ud800x\"}"))))
        .isEqualTo("{\"a\":\"\ufffdx\"}");
  }

  @Test
  void prettyJsonHasTwoSpacesALevelAndNoLineBreakAtTheEnd() throws Exception {
    JsonNode tree = tree("{\"a\":{\"b\":[1,{}],\"c\":[]},\"d\":null}");
    assertThat(text(ENCODER.encode(tree, MediaType.JSON, true))).isEqualTo("""
        {
          "a": {
            "b": [
              1,
              {}
            ],
            "c": []
          },
          "d": null
        }""");
  }

  @Test
  void aListIsPutTogetherFromWhatIsStored() throws Exception {
    byte[] head = StoredJson.beginning(CONFIG_MAP);
    List<byte[]> items = new ArrayList<>();
    for (String stored : List.of(
        "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"},\"data\":{\"x\":\"1\"}}",
        "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{}}")) {
      items.add(StoredJson.inList(bytes(stored), head, 7, false));
    }
    ObjectNode list = (ObjectNode)
        tree(
            "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"9\"}}");
    String whole = text(ENCODER.encodeList(list, items, COMPACT));
    assertThat(whole)
        .isEqualTo(
            "{\"kind\":\"ConfigMapList\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"9\"},"
                + "\"items\":[{\"metadata\":{\"resourceVersion\":\"7\",\"name\":\"a\"},\"data\":{\"x\":\"1\"}},"
                + "{\"metadata\":{\"resourceVersion\":\"7\"}}]}\n");
    for (MediaType type : MediaType.values()) {
      Negotiated form = new Negotiated(type, Transform.NONE, true);
      assertThat(ENCODER.encodeList(list, items, form))
          .isEqualTo(ENCODER.encode(tree(whole), form));
    }
    assertThat(text(ENCODER.encodeList(list, List.of(), COMPACT))).endsWith(",\"items\":[]}\n");
  }

  @Test
  void elementsOfCustomListsSayWhatTheyAre() {
    GroupVersionKind widget = GroupVersionKind.of("example.com/v1", "Widget");
    byte[] head = StoredJson.beginning(widget);
    String begin = "{\"kind\":\"Widget\",\"apiVersion\":\"example.com/v1\",";
    assertThat(StoredJson.inList(bytes(begin + "\"metadata\":{\"name\":\"a\"}}"), head, 7, true))
        .isEqualTo(bytes(begin + "\"metadata\":{\"resourceVersion\":\"7\",\"name\":\"a\"}}"));
    assertThat(StoredJson.inList(bytes(begin + "\"spec\":{}}"), head, 7, true)).isNull();
    assertThat(StoredJson.inList(bytes("{}"), head, 7, true)).isNull();
    assertThat(StoredJson.inList(bytes(begin), head, 7, true)).isNull();
  }

  private static JsonNode tree(String json) throws Exception {
    return JsonReader.read(bytes(json));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
