package dev.kvorum.apiserver.selector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.Vectors;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LabelSelectorTest {
  static Stream<JsonNode> vectors() {
    return Vectors.of("label-selectors");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void understandsAndMatchesAsUpstreamDoes(JsonNode vector) throws SelectorException {
    String in = vector.get("in").asText();
    if (vector.has("error")) {
      assertThatThrownBy(() -> LabelSelector.parse(in))
          .isInstanceOf(SelectorException.class)
          .hasMessage(vector.get("error").asText());
      return;
    }
    LabelSelector selector = LabelSelector.parse(in);
    assertThat(selector.toString()).isEqualTo(vector.get("canonical").asText());
    for (Map.Entry<String, JsonNode> match : vector.get("matches").properties()) {
      assertThat(selector.matches(labels(match.getKey())))
          .as("%s on %s", in, match.getKey())
          .isEqualTo(match.getValue().asBoolean());
    }
  }

  /** {@code a=b,c=d} as labels. */
  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    for (String label : text.split(",", -1)) {
      int equals = label.indexOf('=');
      if (equals >= 0) {
        labels.put(label.substring(0, equals), label.substring(equals + 1));
      }
    }
    return labels;
  }

  @Test
  void numbersCompareAsNumbers() throws SelectorException {
    LabelSelector selector = LabelSelector.parse("a>9");
    assertThat(selector.matches(Map.of("a", "10"))).isTrue();
    assertThat(selector.matches(Map.of("a", "9"))).isFalse();
    assertThat(selector.matches(Map.of("a", "ten"))).isFalse();
    assertThat(selector.matches(Map.of())).isFalse();
    assertThatThrownBy(() -> LabelSelector.parse("a>ten")).hasMessageContaining("integer");
  }
}
