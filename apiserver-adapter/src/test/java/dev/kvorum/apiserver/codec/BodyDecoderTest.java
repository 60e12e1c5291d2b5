package dev.kvorum.apiserver.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.json.JsonWriter;
import dev.kvorum.apiserver.protobuf.Limits;
import dev.kvorum.apiserver.protobuf.ProtobufCodec;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class BodyDecoderTest {
  private static final BodyDecoder DECODER = new BodyDecoder(BuiltInTypes.get());
  private static final GroupVersionKind POD = GroupVersionKind.of("v1", "Pod");
  private static final GroupVersionKind SECRET = GroupVersionKind.of("v1", "Secret");
  private static final GroupVersionKind WIDGET = GroupVersionKind.of("example.com/v1", "Widget");

  static Stream<JsonNode> vectors() {
    return Vectors.of("decode");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void anObjectIsReadAsUpstreamReadsIt(JsonNode vector) throws Exception {
    String body = vector.path("in").asText();
    String kind = body.contains("Secret") ? "Secret" : body.contains("Service") ? "Service" : "Pod";
    GroupVersionKind expected = GroupVersionKind.of("v1", kind);
    String error = vector.path("error").asText("");
    if (error.startsWith("Object '")) {
      // The place says what it is.
      assertThat(decode(body, expected).object().path("kind").asText()).isEqualTo("Pod");
    } else if (!error.isEmpty()) {
      assertThatThrownBy(() -> decode(body, expected))
          .isInstanceOf(CodecException.class)
          .hasMessageContaining(": " + error);
    } else {
      Decoded decoded = decode(body, expected);
      assertThat(decoded.object()).isEqualTo(vector.path("object"));
      String strict = vector.path("strictError").asText("");
      assertThat(
              decoded.strictErrors().isEmpty()
                  ? ""
                  : FieldValidation.strictText(decoded.strictErrors()))
          .isEqualTo(strict);
    }
  }

  /** As upstream's server answers a POST of a pod. */
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
          {"apiVersion":"v1","kind":"ConfigMap"}|ConfigMap in version "v1" cannot be handled as a Pod: converting (v1.ConfigMap) to (core.Pod): unknown conversion
          {"apiVersion":"v1","kind":"Foo"}|Foo in version "v1" cannot be handled as a Pod: no kind "Foo" is registered for version "v1" in scheme "pkg/runtime/scheme.go:111"
          {"apiVersion":"apps/v1","kind":"Pod"}|Pod in version "v1" cannot be handled as a Pod: no kind "Pod" is registered for version "apps/v1" in scheme "pkg/runtime/scheme.go:111"
          {"apiVersion":"a/b/c","kind":"Pod"}|the object provided is unrecognized (must be of type Pod): unexpected GroupVersion string: a/b/c ({"apiVersion":"a/b/c","kind":" ...)
          {"apiVersion":1}|the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: json: cannot unmarshal number into Go struct field .apiVersion of type string ({"apiVersion":1})
          []|the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: json: cannot unmarshal array into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" } (5b5d)
          {|the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: unexpected end of JSON input ({)
          {"a":1,}|the object provided is unrecognized (must be of type Pod): couldn't get version/kind; json parse error: invalid character '}' looking for beginning of object key string ({"a":1,})
          {"metadata":{"creationTimestamp":"soon"}}|Pod in version "v1" cannot be handled as a Pod: parsing time "soon" as "2006-01-02T15:04:05Z07:00": cannot parse "soon" as "2006"
          {"metadata":{"creationTimestamp":"2020-13-01T00:00:00Z"}}|Pod in version "v1" cannot be handled as a Pod: parsing time "2020-13-01T00:00:00Z": month out of range
          {"metadata":{"creationTimestamp":5}}|Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string
          {"spec":{"containers":[{"name":"a","env":{"x":1}}]}}|Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal object into Go struct field Container.spec.containers.env of type []v1.EnvVar
          {"spec":{"volumes":[{"name":"a","emptyDir":7}]}}|Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number into Go struct field Volume.spec.volumes.VolumeSource.emptyDir of type v1.EmptyDirVolumeSource
          {"spec":{"volumes":[{"emptyDir":{"sizeLimit":true}}]}}|Pod in version "v1" cannot be handled as a Pod: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
          {"spec":{"activeDeadlineSeconds":1e3}}|Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number 1e3 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64
          {"spec":{"activeDeadlineSeconds":99999999999999999999}}|Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number 99999999999999999999 into Go struct field PodSpec.spec.activeDeadlineSeconds of type int64
          {"spec":{"priority":9999999999}}|Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal number 9999999999 into Go struct field PodSpec.spec.priority of type int32
          {"metadata":{"labels":[]}}|Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string
          """)
  void aBodyThatIsNoneIsRefusedInUpstreamsWords(String body, String message) {
    assertThatThrownBy(() -> decode(body, POD))
        .isInstanceOf(CodecException.class)
        .hasMessage(message)
        .extracting(e -> ((CodecException) e).status().code())
        .isEqualTo(400);
  }

  @Test
  void nothingAtAllIsRefused() {
    assertThatThrownBy(() -> decode("", POD)).hasMessageEndingWith("(<empty>)");
  }

  @Test
  void strictErrorsComeInTheOrderOfTheBody() throws Exception {
    Decoded decoded = decode("""
        {"spec":{"foo":1,"containers":[{"name":"a","image":"b","image":"c"}],"foo":2},"spec":{"bar":1}}""", POD);
    assertThat(decoded.strictErrors())
        .containsExactly(
            "unknown field \"spec.foo\"",
            "duplicate field \"spec.containers[0].image\"",
            "duplicate field \"spec\"",
            "unknown field \"spec.bar\"");
    assertThat(FieldValidation.IGNORE.check(decoded, POD)).isEmpty();
    assertThat(FieldValidation.WARN.check(decoded, POD)).isEqualTo(decoded.strictErrors());
    assertThatThrownBy(() -> FieldValidation.STRICT.check(decoded, POD))
        .hasMessageStartingWith(
            "Pod in version \"v1\" cannot be handled as a Pod: strict decoding error: unknown field");
  }

  @Test
  void yamlWarnsOfWhatComesTwice() throws Exception {
    String yaml = "kind: Pod\nmetadata:\n  name: a\n  name: b\n  name: c\nspec:\n  foo: 1\n";
    Decoded decoded = DECODER.decode(yaml.getBytes(StandardCharsets.UTF_8), MediaType.YAML, POD);
    assertThat(decoded.object().at("/metadata/name").asText()).isEqualTo("c");
    assertThat(FieldValidation.WARN.check(decoded, POD))
        .containsExactly(
            "line 4: key \"name\" already set in map",
            "line 5: key \"name\" already set in map",
            "unknown field \"spec.foo\"");
    assertThatThrownBy(() -> FieldValidation.STRICT.check(decoded, POD))
        .hasMessage("Pod in version \"v1\" cannot be handled as a Pod: strict decoding error:"
            + " yaml: unmarshal errors:\n  line 4: key \"name\" already set in map\n"
            + "  line 5: key \"name\" already set in map, unknown field \"spec.foo\"");
  }

  @Test
  void emptyListsAndMapsAreNothing() throws Exception {
    Decoded decoded = decode("""
        {"metadata":{"name":"a","annotations":{},"labels":{},"finalizers":[]},"data":{},"type":""}""", SECRET);
    assertThat(text(decoded)).isEqualTo("""
        {"kind":"Secret","apiVersion":"v1","metadata":{"name":"a"}}""");
  }

  @Test
  void timesAreInUtc() throws Exception {
    Decoded decoded = decode("""
        {"metadata":{"creationTimestamp":"2020-01-01T00:30:00.5+02:00","deletionTimestamp":"2020-01-01T00:00:00Z"}}""", SECRET);
    assertThat(decoded.object().at("/metadata/creationTimestamp").asText())
        .isEqualTo("2019-12-31T22:30:00Z");
    GroupVersionKind lease = GroupVersionKind.of("coordination.k8s.io/v1", "Lease");
    assertThat(decode("{\"spec\":{\"renewTime\":\"2020-01-01T00:00:00.123456+01:00\"}}", lease)
            .object()
            .at("/spec/renewTime")
            .asText())
        .isEqualTo("2019-12-31T23:00:00.123456Z");
    assertThatThrownBy(() -> decode("{\"spec\":{\"renewTime\":\"2020-01-01T00:00:00Z\"}}", lease))
        .hasMessageEndingWith("cannot parse \"Z\" as \".000000\"");
  }

  @Test
  void aSecretsTextBecomesData() throws Exception {
    Decoded decoded = decode("""
        {"metadata":{"name":"a"},"type":"Opaque","stringData":{"a":"x","c":"y"},"data":{"c":"YQ==","b":"YQ=="}}""", SECRET);
    assertThat(text(decoded)).isEqualTo("""
        {"kind":"Secret","apiVersion":"v1","metadata":{"name":"a"},"data":{"a":"eA==","b":"YQ==","c":"eQ=="},"type":"Opaque"}""");
  }

  @Test
  void protobufGivesTheSameObject() throws Exception {
    Decoded json = decode("""
        {"metadata":{"name":"a"},"spec":{"containers":[{"name":"c","resources":{"limits":{"cpu":"1000m"}}}],"serviceAccount":"s"}}""", POD);
    byte[] bytes = new ProtobufCodec(BuiltInTypes.get(), Limits.REQUEST).encode(json.object());
    assertThat(text(DECODER.decode(bytes, MediaType.PROTOBUF, POD))).isEqualTo(text(json));
    assertThat(json.object().at("/spec/serviceAccountName").asText()).isEqualTo("s");
    assertThatThrownBy(() -> DECODER.decode(new byte[] {'{', '}'}, MediaType.PROTOBUF, POD))
        .hasMessage("the object provided is unrecognized (must be of type Pod): provided data does"
            + " not appear to be a protobuf message, expected prefix [107 56 115 0] ({})");
  }

  @Test
  void aCustomObjectKeepsWhatNobodyKnows() throws Exception {
    Decoded decoded = decode("""
        {"spec":{"b":1.0,"a":[1e3,1.5,null,9223372036854775808],"b":2},"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"a","foo":1,"labels":{}}}""", WIDGET);
    assertThat(text(decoded)).isEqualTo("""
        {"kind":"Widget","apiVersion":"example.com/v1","metadata":{"name":"a"},"spec":{"a":[1000,1.5,null,9223372036854776000],"b":2}}""");
    assertThat(decoded.strictErrors())
        .containsExactly("unknown field \"metadata.foo\"", "duplicate field \"spec.b\"");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '\u0001', textBlock = """
          {"apiVersion": "example.com/v1", "metadata": {"name": "nk"}}|the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing in '{"apiVersion": "example.com/v1", "metadata": {"name": "nk"}}' ({"apiVersion": "example.com/v1 ...)
          {"kind": "Widget", "metadata": {"name": "nk"}}|the API version in the data () does not match the expected API version (example.com/v1)
          {"kind": "Widget", "apiVersion": "other.com/v1"}|the API version in the data (other.com/v1) does not match the expected API version (example.com/v1)
          null|the object provided is unrecognized (must be of type Widget): Object 'Kind' is missing in 'null' (6e756c6c)
          {"kind": "Widget", "apiVersion": "example.com/v1", "metadata": {"labels": {"a": 1}}}|Widget in version "v1" cannot be handled as a Widget: json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string
          """)
  void aCustomObjectHasToSayWhatItIs(String body, String message) {
    assertThatThrownBy(() -> decode(body, WIDGET)).hasMessage(message);
  }

  @Test
  void optionsOfADeletionAreThoseOfAnyVersion() throws Exception {
    byte[] body =
        "{\"kind\":\"DeleteOptions\",\"apiVersion\":\"apps/v1\",\"gracePeriodSeconds\":0,\"x\":1}"
            .getBytes(StandardCharsets.UTF_8);
    Decoded decoded = DECODER.decodeDeleteOptions(body, MediaType.JSON);
    assertThat(decoded.object().path("gracePeriodSeconds").asInt(-1)).isZero();
    assertThat(decoded.strictErrors()).containsExactly("unknown field \"x\"");
    assertThat(DECODER.decodeDeleteOptions(new byte[0], MediaType.JSON).object())
        .hasSize(2);
    assertThatThrownBy(() -> DECODER.decodeDeleteOptions(
            "{\"kind\":\"Foo\",\"apiVersion\":\"v1\"}".getBytes(StandardCharsets.UTF_8),
            MediaType.JSON))
        .hasMessageStartingWith("no kind \"Foo\" is registered for version \"v1\" in scheme");
  }

  @Test
  void depthIsBounded() {
    for (MediaType type : List.of(MediaType.JSON, MediaType.YAML)) {
      byte[] deep = ("{\"a\":" + "[".repeat(100_000)).getBytes(StandardCharsets.UTF_8);
      assertThatThrownBy(() -> DECODER.decode(deep, type, WIDGET))
          .isInstanceOf(CodecException.class)
          .hasMessageContaining("exceeded max depth");
    }
  }

  @Test
  void aliasesCannotBlowUp() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
      bomb.append("a").append(i).append(": &a").append(i).append(" [");
      bomb.append(("*a" + (i - 1) + ",").repeat(9)).append("*a").append(i - 1).append("]\n");
    }
    assertThatThrownBy(() -> DECODER.decode(
            bomb.toString().getBytes(StandardCharsets.UTF_8), MediaType.YAML, WIDGET))
        .hasMessageContaining("yaml: document contains excessive aliasing");
  }

  private static Decoded decode(String body, GroupVersionKind expected) throws CodecException {
    return DECODER.decode(body.getBytes(StandardCharsets.UTF_8), MediaType.JSON, expected);
  }

  private static String text(Decoded decoded) {
    return new String(JsonWriter.compact(decoded.object()), StandardCharsets.UTF_8);
  }
}
