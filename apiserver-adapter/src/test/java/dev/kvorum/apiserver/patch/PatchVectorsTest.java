package dev.kvorum.apiserver.patch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.Vectors;
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
}
