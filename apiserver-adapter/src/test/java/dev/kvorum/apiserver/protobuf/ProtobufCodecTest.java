package dev.kvorum.apiserver.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtobufCodecTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ProtobufCodec CODEC = new ProtobufCodec(BuiltInTypes.get(), Limits.DEFAULT);

  /** An object, and its bytes in base64 as the Kubernetes libraries write them. */
  record Vector(String name, JsonNode json, String protobuf) {
    byte[] bytes() {
      return Base64.getDecoder().decode(protobuf);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void anObjectIsWrittenAsTheLibrariesWriteIt(Vector vector) throws Exception {
    assertThat(CODEC.encode(vector.json())).isEqualTo(vector.bytes());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void anObjectIsReadAsItWas(Vector vector) throws Exception {
    assertThat(CODEC.decode(vector.bytes(), null)).isEqualTo(vector.json());
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void bytesThatAreCutOffGiveAnObjectOrTheException(Vector vector) {
    for (int length = 0; length < vector.bytes().length; length++) {
      readOrRefuse(Arrays.copyOf(vector.bytes(), length));
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void bytesThatAreChangedGiveAnObjectOrTheException(Vector vector) {
    Random random = new Random(20_261_122);
    int refused = 0;
    for (int round = 0; round < 3_000; round++) {
      byte[] bytes = vector.bytes().clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[4 + random.nextInt(bytes.length - 4)] = (byte) random.nextInt(256);
      }
      refused += readOrRefuse(bytes) ? 0 : 1;
    }
    assertThat(refused).isPositive();
  }

  @Test
  void zeroValuesThatNobodySetAreLeftOut() throws Exception {
    JsonNode object = tree("""
        {"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web"},"spec":{"replicas":0}}""");
    JsonNode read = CODEC.decode(CODEC.encode(object), null);
    assertThat(read.at("/spec/replicas")).isEqualTo(JSON.getNodeFactory().numberNode(0));
    assertThat(read.at("/spec").has("minReadySeconds")).isFalse();
    assertThat(read.has("status")).isFalse();
    assertThat(read.at("/metadata").has("creationTimestamp")).isFalse();
  }

  @Test
  void theKindMayComeFromElsewhere() throws Exception {
    byte[] anonymous = {'k', '8', 's', 0, 0x12, 5, 0x0a, 3, 0x0a, 1, 'x'};
    JsonNode read = CODEC.decode(anonymous, GroupVersionKind.of("v1", "ConfigMap"));
    assertThat(read).isEqualTo(tree("""
        {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"}}"""));
    assertThatThrownBy(() -> CODEC.decode(anonymous, null))
        .isInstanceOf(ProtobufException.class)
        .hasMessage("kind is not set");
  }

  @Test
  void aWatchFrameHoldsAnObjectInItsEnvelope() throws Exception {
    JsonNode object = tree("""
        {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"x"},"data":{"a":"1","b":""}}""");
    byte[] frame = ProtobufCodec.watchFrame("ADDED", CODEC.encode(object));
    assertThat(frame[3]).isEqualTo((byte) (frame.length - 4));
    JsonNode event = CODEC.decodeWatchFrame(frame);
    assertThat(event.path("type").asText()).isEqualTo("ADDED");
    assertThat(event.path("object")).isEqualTo(object);
    assertThatThrownBy(() -> CODEC.decodeWatchFrame(Arrays.copyOf(frame, frame.length - 1)))
        .isInstanceOf(ProtobufException.class)
        .hasMessageContaining("a frame of");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'spec':{'replicas':'3'}} | spec.replicas: a string where a whole number of 32 bits was expected",
        "{'spec':{'replicas':2147483648}} | spec.replicas: a number where a whole number of 32 bits was expected",
        "{'spec':{'template':{'spec':{'containers':[{'name':'a'},{'name':7}]}}}} | "
            + "spec.template.spec.containers[1].name: a number where a string was expected",
        "{'metadata':{'labels':{'a':{}}}} | metadata.labels[a]: an object where a string was expected",
        "{'metadata':{'creationTimestamp':'soon'}} | metadata.creationTimestamp: not a time: \"soon\"",
        "{'spec':[]} | spec: a list where an object was expected"
      })
  void aTreeThatIsNoneOfItsKindIsRefusedByName(String line) throws Exception {
    String[] parts = line.replace('\'', '"').split(" \\| ", -1);
    JsonNode object =
        ((ObjectNode) tree(parts[0])).put("kind", "Deployment").put("apiVersion", "apps/v1");
    assertThatThrownBy(() -> CODEC.encode(object))
        .isInstanceOf(ProtobufException.class)
        .hasMessage(parts[1]);
  }

  @Test
  void malformedBytesAreRefusedByName() {
    refused("the bytes do not begin with \"k8s\\0\"", 'x');
    refused("empty body", 'k', '8', 's', 0);
    refused(
        "metadata.name: wire type 0 where 2 was expected, before byte 9",
        'k',
        '8',
        's',
        0,
        0x12,
        4,
        0x0a,
        2,
        8,
        1);
    refused(
        "metadata: a length of 9 at byte 7, with 0 bytes left", 'k', '8', 's', 0, 0x12, 2, 0x0a, 9);
    refused("illegal tag 2 at byte 6", 'k', '8', 's', 0, 0x12, 1, 2);
  }

  @Test
  void messagesInsideEachOtherAreBounded() throws Exception {
    JsonNode deep = tree("{}");
    for (int i = 0; i < 60; i++) {
      deep = JSON.createObjectNode().set("not", deep);
    }
    JsonNode definition = tree("""
        {"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1","spec":{"versions":[{"schema":{}}]}}""");
    ((ObjectNode) definition.at("/spec/versions/0/schema")).set("openAPIV3Schema", deep);
    byte[] bytes = CODEC.encode(definition);
    assertThat(CODEC.decode(bytes, null).toString()).contains("\"not\":{\"not\":{\"not\":");
    ProtobufCodec strict = new ProtobufCodec(BuiltInTypes.get(), new Limits(50, 1000));
    assertThatThrownBy(() -> strict.decode(bytes, null))
        .isInstanceOf(ProtobufException.class)
        .hasMessageEndingWith("more than 50 messages inside each other");
    JsonNode tree = definition;
    assertThatThrownBy(() -> strict.encode(tree)).isInstanceOf(ProtobufException.class);
  }

  @Test
  void theNumberOfValuesIsBounded() throws Exception {
    ObjectNode list = JSON.createObjectNode().put("kind", "PodList").put("apiVersion", "v1");
    for (int i = 0; i < 100; i++) {
      list.withArray("items").addObject();
    }
    byte[] bytes = CODEC.encode(list);
    assertThat(CODEC.decode(bytes, null).path("items")).hasSize(100);
    ProtobufCodec strict = new ProtobufCodec(BuiltInTypes.get(), new Limits(50, 90));
    assertThatThrownBy(() -> strict.decode(bytes, null))
        .isInstanceOf(ProtobufException.class)
        .hasMessageContaining("more than 90 values");
  }

  private static void refused(String message, int... bytes) {
    byte[] body = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      body[i] = (byte) bytes[i];
    }
    assertThatThrownBy(() -> CODEC.decode(body, GroupVersionKind.of("v1", "ConfigMap")))
        .isInstanceOf(ProtobufException.class)
        .hasMessage(message);
  }

  private static boolean readOrRefuse(byte[] bytes) {
    try {
      CODEC.decode(bytes, null);
      return true;
    } catch (ProtobufException e) {
      assertThat(e.getMessage()).isNotBlank();
      return false;
    }
  }

  private static JsonNode tree(String json) throws Exception {
    return JSON.readTree(json.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<Vector> vectors() throws Exception {
    List<Vector> vectors = new ArrayList<>();
    try (InputStream in = Objects.requireNonNull(
        ProtobufCodecTest.class.getResourceAsStream("/kubernetes/protobuf.json"))) {
      for (JsonNode each : JSON.readTree(in)) {
        vectors.add(new Vector(
            each.path("name").asText(), each.path("json"), each.path("protobuf").asText()));
      }
    }
    return vectors.stream();
  }
}
