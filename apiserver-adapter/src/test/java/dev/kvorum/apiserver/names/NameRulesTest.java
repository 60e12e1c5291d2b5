package dev.kvorum.apiserver.names;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.Vectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NameRulesTest {
  static Stream<JsonNode> vectors() {
    return Vectors.of("names");
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void saysWhatUpstreamSays(JsonNode vector) {
    String in = vector.get("in").asText();
    assertThat(NameRules.label(in)).isEqualTo(Vectors.strings(vector, "dns1123Label"));
    assertThat(NameRules.subdomain(in)).isEqualTo(Vectors.strings(vector, "dns1123Subdomain"));
    assertThat(NameRules.label1035(in)).isEqualTo(Vectors.strings(vector, "dns1035Label"));
    assertThat(NameRules.labelValue(in)).isEqualTo(Vectors.strings(vector, "labelValue"));
    assertThat(NameRules.qualifiedName(in)).isEqualTo(Vectors.strings(vector, "qualifiedName"));
  }
}
