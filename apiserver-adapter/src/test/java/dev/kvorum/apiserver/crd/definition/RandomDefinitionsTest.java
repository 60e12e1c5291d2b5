package dev.kvorum.apiserver.crd.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Definitions made from a seed, with what the Kubernetes libraries find wrong with them; see src/customresources. */
class RandomDefinitionsTest {
  @TestFactory
  Stream<DynamicTest> definitions() {
    return Vectors.of("crd-random-definitions")
        .map(vector -> dynamicTest(vector.at("/definition/spec").toString(), () -> check(vector)));
  }

  private static void check(JsonNode vector) {
    ObjectNode definition = vector.get("definition").deepCopy();
    Definitions.applyDefaults(definition);
    String name = definition.path("metadata").path("name").asText();
    List<FieldError> errors = new ArrayList<>();
    Definitions.wrongName(definition, name)
        .forEach(wrong ->
            errors.add(FieldError.invalid("metadata.name", TextNode.valueOf(name), wrong)));
    errors.addAll(Definitions.validate(definition));
    assertThat(errors.stream()
            .map(each -> each.type().reason() + " " + each)
            .sorted()
            .toList())
        .isEqualTo(Vectors.strings(vector, "errors"));
  }
}
