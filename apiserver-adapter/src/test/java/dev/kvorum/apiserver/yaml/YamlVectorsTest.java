package dev.kvorum.apiserver.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.json.JsonReader;
import dev.kvorum.apiserver.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What upstream's library makes of the same texts and trees. */
class YamlVectorsTest {
  /** What only upstream refuses: an unknown directive, JSON's escapes. */
  private static final Set<String> LENIENT =
      Set.of("%FOO\n---\na: 1", "a: \"\\ud800\"", "{\"a\":1,\"b\":[true,null,\"x\\/y\"]}");

  /** What both refuse, for other reasons. */
  private static final Set<String> REFUSED = Set.of("&a: 1", "*a: 1");

  static Stream<JsonNode> golden() {
    return Vectors.of("yaml");
  }

  @ParameterizedTest
  @MethodSource("golden")
  void readsAsUpstream(JsonNode vector) throws Exception {
    byte[] text = vector.path("yaml").asText().getBytes(StandardCharsets.UTF_8);
    assertThat(outcome(text)).isEqualTo(expected(vector));
  }

  @Test
  void writesAsUpstream() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (JsonNode vector : Vectors.of("yaml-written").toList()) {
      JsonNode tree = JsonReader.read(JsonWriter.compact(vector.path("json")));
      String written = new String(YamlWriter.write(tree), StandardCharsets.UTF_8);
      if (!written.equals(vector.path("yaml").asText())) {
        wrong.add(vector + " but " + written);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void readsWhatIsEasilyGotWrongAsUpstream() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (JsonNode vector : Vectors.of("yaml-read").toList()) {
      byte[] text = vector.path("yaml").binaryValue();
      String outcome = outcome(text);
      String shown = new String(text, StandardCharsets.UTF_8);
      if (LENIENT.contains(shown)) {
        assertThat(outcome).doesNotStartWith("yaml: ");
      } else if (REFUSED.contains(shown)) {
        assertThat(outcome).startsWith("yaml: ");
      } else if (!outcome.equals(expected(vector))) {
        wrong.add("\n" + shown.replace("\n", "\\n") + "\n   is " + outcome + "\n  not "
            + expected(vector));
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static String expected(JsonNode vector) throws IOException {
    if (vector.has("error")) {
      return vector.path("error").asText();
    }
    String strict = vector.path("strictError").asText("");
    return plain(vector.path("json")) + (strict.isEmpty() ? "" : " " + strict);
  }

  private static String outcome(byte[] text) throws IOException {
    try {
      ReadYaml read = YamlReader.read(text);
      return plain(read.tree()) + (read.repeated().isEmpty() ? "" : " " + read.complaint());
    } catch (YamlException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** So that equal numbers look the same. */
  private static String plain(JsonNode tree) throws IOException {
    return new ObjectMapper().readTree(JsonWriter.compact(tree)).toString();
  }
}
