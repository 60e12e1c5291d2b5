package dev.kvorum.apiserver.crd.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources.Coerced;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources.Malformed;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Objects with what the Kubernetes libraries make of them. */
class ObjectVectorsTest {
  /** The schema whose outcomes depend on rules in CEL, which are not evaluated here. */
  private static final String NEEDS_CEL = "cel more";

  @TestFactory
  Stream<DynamicTest> objects() {
    return Vectors.of("crd-objects")
        .filter(schema -> !schema.get("name").asText().equals(NEEDS_CEL))
        .flatMap(ObjectVectorsTest::tests);
  }

  @Test
  void whatNeedsCelIsLeftOutByName() {
    List<String> withRules = Vectors.of("crd-objects")
        .filter(schema -> schema.toString().contains("x-kubernetes-validations"))
        .map(
            schema -> schema.get("name").asText() + ": " + schema.get("objects").size())
        .toList();
    assertThat(withRules).containsExactly(NEEDS_CEL + ": 11");
  }

  private static Stream<DynamicTest> tests(JsonNode vector) {
    List<DynamicTest> tests = new ArrayList<>();
    for (JsonNode object : vector.get("objects")) {
      tests.add(dynamicTest(
          vector.get("name").asText() + " " + object.get("spec"),
          () -> check(vector.get("schema"), object)));
    }
    return tests.stream();
  }

  private static void check(JsonNode specSchema, JsonNode vector) {
    JsonSchema schema = schema(specSchema);
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("apiVersion", "example.com/v1").put("kind", "Widget");
    object.putObject("metadata").put("name", "a");
    object.set("spec", vector.get("spec").deepCopy());

    List<String> unknown = new ArrayList<>(Pruning.pruneResource(object, schema));
    Defaulting.dropNulls(object, schema);
    Coerced coerced = EmbeddedResources.coerce("", object, schema, Malformed.REFUSE);
    if (coerced.error() != null) {
      unknown.add("COERCE: " + coerced.error());
    }
    Defaulting.apply(object, schema);
    List<FieldError> errors = new ArrayList<>(SchemaValidation.validate(object, schema, ""));
    errors.addAll(EmbeddedResources.validateWithin(object, schema));
    errors.addAll(ListRules.validate(object, schema));

    assertThat(Values.equal(object.get("spec"), vector.get("result")))
        .as("%s for %s", object.get("spec"), vector.get("result"))
        .isTrue();
    assertThat(unknown).isEqualTo(Vectors.strings(vector, "unknownFieldPaths"));
    assertThat(errors.stream().map(FieldError::toString))
        .containsExactlyInAnyOrderElementsOf(errors(vector));
  }

  private static List<String> errors(JsonNode vector) {
    List<String> errors = new ArrayList<>();
    vector.path("errors").forEach(each -> errors.add(each.get("error").asText()));
    return errors;
  }

  private static JsonSchema schema(JsonNode spec) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("type", "object");
    json.putObject("properties").set("spec", spec);
    List<FieldError> problems = new ArrayList<>();
    JsonSchema schema = SchemaReader.read(json, "schema", problems);
    assertThat(problems).isEmpty();
    return schema;
  }
}
