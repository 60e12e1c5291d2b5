package dev.kvorum.apiserver.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ObjectType;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PatchVectorsTest {
  static Stream<JsonNode> jsonPatches() {
    return Vectors.of("json-patch");
  }

  static Stream<JsonNode> mergePatches() {
    return Vectors.of("merge-patch");
  }

  static Stream<JsonNode> strategicPatches() {
    return Vectors.of("smp");
  }

  @ParameterizedTest
  @MethodSource("jsonPatches")
  void jsonPatchDoesWhatUpstreamDoes(JsonNode vector) throws PatchException {
    JsonNode patch = vector.get("patch");
    if (vector.has("decodeError")) {
      assertThatThrownBy(() -> JsonPatch.decode(patch))
          .isInstanceOf(PatchException.class)
          .hasMessage(vector.get("decodeError").asText());
    } else if (vector.has("error")) {
      assertThatThrownBy(() -> JsonPatch.decode(patch).apply(vector.get("doc").deepCopy()))
          .isInstanceOf(PatchException.class)
          .hasMessage(vector.get("error").asText());
    } else {
      assertThat(JsonPatch.decode(patch).apply(vector.get("doc").deepCopy()))
          .isEqualTo(vector.get("result"));
    }
  }

  @ParameterizedTest
  @MethodSource("mergePatches")
  void mergePatchDoesWhatUpstreamDoes(JsonNode vector) throws PatchException {
    JsonNode patch = vector.get("patch");
    if (vector.has("error")) {
      assertThatThrownBy(() -> MergePatch.apply(vector.get("doc").deepCopy(), patch))
          .isInstanceOf(PatchException.class)
          .hasMessage(vector.get("error").asText());
    } else {
      assertThat(MergePatch.apply(vector.get("doc").deepCopy(), patch.deepCopy()))
          .isEqualTo(vector.get("result"));
    }
  }

  @ParameterizedTest
  @MethodSource("strategicPatches")
  void strategicMergePatchDoesWhatUpstreamDoes(JsonNode vector) throws PatchException {
    ObjectNode document = (ObjectNode) vector.get("original");
    ObjectNode patch = (ObjectNode) vector.get("patch");
    String kind = vector.get("kind").asText();
    int slash = kind.lastIndexOf('/');
    ObjectType type = BuiltInTypes.get()
        .find(GroupVersionKind.of(kind.substring(0, slash), kind.substring(slash + 1)));
    assertThat(type).isNotNull();
    if (vector.has("error")) {
      assertThatThrownBy(() -> StrategicMergePatch.apply(document, patch, type))
          .isInstanceOf(PatchException.class)
          .hasMessage(vector.get("error").asText());
    } else {
      assertThat(StrategicMergePatch.apply(document, patch, type)).isEqualTo(vector.get("result"));
    }
  }
}
