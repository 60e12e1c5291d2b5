package dev.kvorum.apiserver.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.Vectors;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FieldSelectorTest {
  static Stream<JsonNode> vectors() {
    return Vectors.of("field-selectors");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void understandsAsUpstreamDoes(JsonNode vector) throws SelectorException {
    String in = vector.get("in").asText();
    if (vector.has("error")) {
      assertThatThrownBy(() -> FieldSelector.parse(in))
          .isInstanceOf(SelectorException.class)
          .hasMessage(vector.get("error").asText());
      return;
    }
    FieldSelector selector = FieldSelector.parse(in);
    assertThat(selector.toString()).isEqualTo(vector.get("canonical").asText());
    List<FieldSelector.Requirement> expected = StreamSupport.stream(
            vector.get("requirements").spliterator(), false)
        .map(each -> new FieldSelector.Requirement(
            each.get("field").asText(),
            each.get("op").asText().equals("="),
            each.get("value").asText()))
        .toList();
    assertThat(selector.requirements()).isEqualTo(expected);
  }

  @Test
  void whatIsNotThereIsEmpty() throws SelectorException {
    FieldSelector selector = FieldSelector.parse("spec.nodeName=,status.phase!=Running");
    assertThat(selector.matches(Map.of("status.phase", "Pending")::get)).isTrue();
    assertThat(selector.matches(Map.of("status.phase", "Running")::get)).isFalse();
    assertThat(selector.matches(Map.of("spec.nodeName", "n1")::get)).isFalse();
    assertThat(selector.exact("spec.nodeName")).isEmpty();
    assertThat(selector.exact("status.phase")).isNull();
  }
}
