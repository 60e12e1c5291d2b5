package dev.kvorum.apiserver.crd.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.crd.schema.Values;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Definitions with what the Kubernetes libraries find wrong with them. */
class DefinitionVectorsTest {
  private static final JsonNode FILE = Vectors.file("crd-definitions");

  @TestFactory
  Stream<DynamicTest> definitions() {
    return cases()
        .filter(vector -> !needsCel(vector))
        .map(vector -> dynamicTest(vector.get("change").toString(), () -> check(vector)));
  }

  @Test
  void rulesInCelAreRefused() {
    List<JsonNode> withRules = cases().filter(DefinitionVectorsTest::needsCel).toList();
    assertThat(withRules)
        .hasSize(2)
        .allSatisfy(
            vector -> assertThat(errors(definition(vector)))
                .singleElement()
                .asString()
                .startsWith("spec.validation.openAPIV3Schema.properties[spec]")
                .endsWith(
                    "x-kubernetes-validations: Forbidden: validation rules in CEL are not supported by this server"));
  }

  private static Stream<JsonNode> cases() {
    List<JsonNode> cases = new ArrayList<>();
    FILE.get("cases").forEach(cases::add);
    assertThat(cases).isNotEmpty();
    return cases.stream();
  }

  private static boolean needsCel(JsonNode vector) {
    return vector.toString().contains("x-kubernetes-validations");
  }

  private static void check(JsonNode vector) {
    ObjectNode definition = definition(vector);
    List<String> wanted = new ArrayList<>();
    vector.path("errors").forEach(each -> wanted.add(each.get("error").asText()));
    assertThat(errors(definition)).isEqualTo(wanted);
    if (vector.has("defaultedSpec")) {
      assertThat(Values.equal(definition.get("spec"), vector.get("defaultedSpec")))
          .as(definition.get("spec").toString())
          .isTrue();
    }
  }

  /** As it is once it has its defaults. */
  private static ObjectNode definition(JsonNode vector) {
    ObjectNode definition = FILE.get("base").deepCopy();
    vector
        .get("change")
        .properties()
        .forEach(each -> change(definition, each.getKey(), each.getValue()));
    // The vectors take every version that says that objects are stored in it as one that they were
    // stored in.
    ArrayNode stored = definition.putObject("status").putArray("storedVersions");
    definition.at("/spec/versions").forEach(version -> {
      if (version.path("storage").asBoolean()) {
        stored.add(version.get("name"));
      }
    });
    Definitions.applyDefaults(definition);
    return definition;
  }

  private static void change(ObjectNode definition, String pointer, JsonNode value) {
    int slash = pointer.lastIndexOf('/');
    JsonNode parent = definition.at(pointer.substring(0, slash));
    String name = pointer.substring(slash + 1);
    if (parent instanceof ArrayNode list) {
      if (name.equals("-")) {
        list.add(value.deepCopy());
      } else {
        list.set(Integer.parseInt(name), value.deepCopy());
      }
    } else if (value.isNull()) {
      ((ObjectNode) parent).remove(name);
    } else {
      ((ObjectNode) parent).set(name, value.deepCopy());
    }
  }

  private static List<String> errors(ObjectNode definition) {
    String name = definition.path("metadata").path("name").asText();
    List<FieldError> errors = new ArrayList<>();
    Definitions.wrongName(definition, name)
        .forEach(wrong ->
            errors.add(FieldError.invalid("metadata.name", TextNode.valueOf(name), wrong)));
    errors.addAll(Definitions.validate(definition));
    return errors.stream().map(FieldError::toString).toList();
  }
}
