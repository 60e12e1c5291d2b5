package dev.kvorum.apiserver.quantity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.Vectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QuantityTest {
  static Stream<JsonNode> vectors() {
    return Vectors.of("quantities");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void writesBackAsUpstreamDoes(JsonNode vector) throws QuantityException {
    String in = vector.get("in").asText();
    if (vector.has("error")) {
      assertThatThrownBy(() -> Quantity.parse(in))
          .isInstanceOf(QuantityException.class)
          .hasMessage(vector.get("error").asText());
    } else {
      assertThat(Quantity.parse(in).text()).isEqualTo(vector.get("canonical").asText());
    }
  }

  @Test
  void amountsCompareHoweverTheyAreWritten() throws QuantityException {
    assertThat(Quantity.parse("1024Mi")).isEqualTo(Quantity.parse("1Gi"));
    assertThat(Quantity.parse("1024Mi")).hasSameHashCodeAs(Quantity.parse("1Gi"));
    assertThat(Quantity.parse("1001m")).isGreaterThan(Quantity.parse("1"));
    assertThat(Quantity.parse("-1")).isLessThan(Quantity.parse("1n"));
  }

  @Test
  void anAbsurdExponentIsRefused() {
    assertThatThrownBy(() -> Quantity.parse("1e2000000000")).isInstanceOf(QuantityException.class);
  }
}
