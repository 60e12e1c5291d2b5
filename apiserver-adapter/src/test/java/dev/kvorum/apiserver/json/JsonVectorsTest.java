package dev.kvorum.apiserver.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What upstream's library makes of the same texts. */
class JsonVectorsTest {
  @Test
  void readsAndRefusesAsUpstream() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (JsonNode vector : Vectors.of("json-read").toList()) {
      byte[] text = vector.path("text").binaryValue();
      String expected = vector.has("error")
          ? vector.path("error").asText()
          : new String(vector.path("json").binaryValue(), StandardCharsets.UTF_8);
      // That a number is too large is noticed where it is known what it is for.
      if (!expected.contains("1e400") && !outcome(text).equals(expected)) {
        wrong.add("\n" + new String(text, StandardCharsets.UTF_8) + "\n   is " + outcome(text)
            + "\n  not " + expected);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void bytesThatAreChangedGiveAValueOrTheException() {
    byte[] good = "{\"a\":[1,-2.5e3,\"x\\u00e9\\n\",true,null],\"b\":{\"c\":{}}}"
        .getBytes(StandardCharsets.UTF_8);
    Random random = new Random(20_261_122);
    int refused = 0;
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = good.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      refused += outcome(bytes).startsWith("invalid") ? 1 : 0;
    }
    assertThat(refused).isPositive();
  }

  private static String outcome(byte[] text) {
    try {
      JsonNode tree = JsonReader.read(text);
      return new String(JsonWriter.compact(canonical(tree)), StandardCharsets.UTF_8);
    } catch (JsonSyntaxException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** As it is written once nobody remembers how numbers were written. */
  private static JsonNode canonical(JsonNode tree) {
    if (tree instanceof NumberLiteral number) {
      return DoubleNode.valueOf(number.doubleValue());
    }
    if (tree instanceof ObjectNode object) {
      ObjectNode sorted = object.objectNode();
      object.properties().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(each -> sorted.set(each.getKey(), canonical(each.getValue())));
      return sorted;
    }
    if (tree.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      tree.forEach(each -> array.add(canonical(each)));
      return array;
    }
    return tree;
  }
}
