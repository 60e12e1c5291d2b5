package dev.kvorum.apiserver.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.codec.BodyDecoder;
import dev.kvorum.apiserver.codec.Decoded;
import dev.kvorum.apiserver.codec.MediaType;
import dev.kvorum.apiserver.json.JsonWriter;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Against what upstream's own code reads, and fills in, of the same bodies. */
class DefaultsTest {
  private static final BodyDecoder DECODER = new BodyDecoder(BuiltInTypes.get());

  @Test
  void anObjectIsFilledInAsUpstreamFillsItIn() throws Exception {
    List<String> wrong = new ArrayList<>();
    Set<String> kinds = new TreeSet<>();
    for (JsonNode vector : Vectors.of("defaults").toList()) {
      GroupVersionKind kind = GroupVersionKind.of(
          vector.at("/in/apiVersion").asText(), vector.at("/in/kind").asText());
      kinds.add(kind.toString());
      Decoded decoded = DECODER.decode(JsonWriter.compact(vector.path("in")), MediaType.JSON, kind);
      assertThat(decoded.strictErrors()).isEmpty();
      ObjectNode object = decoded.object();
      Defaults.apply(kind, object);
      JsonNode expected = vector.has("stored") ? vector.path("stored") : vector.path("defaulted");
      // How often its template has changed: counted where objects are stored.
      if (expected.at("/metadata/annotations") instanceof ObjectNode annotations
          && annotations.remove("deprecated.daemonset.template.generation") != null
          && annotations.isEmpty()) {
        ((ObjectNode) expected.path("metadata")).remove("annotations");
      }
      String made = text(object);
      if (!made.equals(text(expected))) {
        wrong.add("\n" + vector.path("in") + "\n   is " + made + "\n  not " + expected);
      }
      Defaults.apply(kind, object);
      assertThat(text(object)).as("filled in twice").isEqualTo(made);
    }
    assertThat(wrong).isEmpty();
    assertThat(kinds).hasSizeGreaterThan(60);
  }

  @Test
  void nothingIsDoneToWhatIsNotBuiltIn() {
    ObjectNode widget = JsonNodeFactory.instance.objectNode().put("a", 1);
    Defaults.apply(GroupVersionKind.of("example.com/v1", "Widget"), widget);
    assertThat(widget).hasSize(1);
  }

  private static String text(JsonNode tree) {
    return new String(JsonWriter.compact(tree), StandardCharsets.UTF_8);
  }
}
