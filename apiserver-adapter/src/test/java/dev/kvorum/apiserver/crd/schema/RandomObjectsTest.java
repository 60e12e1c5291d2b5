package dev.kvorum.apiserver.crd.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources.Coerced;
import dev.kvorum.apiserver.crd.schema.EmbeddedResources.Malformed;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Schemas and objects made from a seed, with what the Kubernetes libraries make of them; see src/customresources. */
class RandomObjectsTest {
  private static final Comparator<JsonNode> BY_WORTH = (one, other) -> {
    boolean same = (one.isNumber() && other.isNumber())
        ? one.decimalValue().compareTo(other.decimalValue()) == 0
        : one.equals(other);
    return same ? 0 : 1;
  };

  @TestFactory
  Stream<DynamicTest> objects() {
    return Vectors.of("crd-random-objects")
        .map(vector -> dynamicTest(vector.get("schema").toString(), () -> checkAll(vector)));
  }

  private static void checkAll(JsonNode vectors) {
    List<FieldError> problems = new ArrayList<>();
    JsonSchema schema = SchemaReader.read((ObjectNode) vectors.get("schema"), "schema", problems);
    assertThat(problems).isEmpty();
    @Nullable ObjectNode before = null;
    for (JsonNode vector : vectors.get("objects")) {
      before = check(vector, schema, before);
    }
  }

  /** Returns what the next object replaces. */
  private static @Nullable ObjectNode check(
      JsonNode vector, JsonSchema schema, @Nullable ObjectNode before) {
    ObjectNode object = vector.get("object").deepCopy();
    String what = vector.get("object").toString();
    List<String> unknown = new ArrayList<>(Pruning.pruneResource(object, schema));
    Defaulting.dropNulls(object, schema);
    Coerced coerced = EmbeddedResources.coerce("", object, schema, Malformed.REFUSE);
    if (vector.has("refused")) {
      assertThat(String.valueOf(coerced.error()))
          .as(what)
          .isEqualTo(vector.get("refused").asText());
      return before;
    }
    assertThat(coerced.error()).as(what).isNull();
    unknown.addAll(coerced.unknown());
    unknown.sort(null);
    Defaulting.apply(object, schema);

    assertThat(unknown).as(what).isEqualTo(Vectors.strings(vector, "unknown"));
    assertThat(object.equals(BY_WORTH, vector.get("result")))
        .as("%s: %s for %s", what, object, vector.get("result"))
        .isTrue();

    List<FieldError> embedded = EmbeddedResources.validateWithin(object, schema);
    List<FieldError> lists = ListRules.validate(object, schema);
    List<FieldError> errors = new ArrayList<>(SchemaValidation.validate(object, schema, ""));
    errors.addAll(embedded);
    errors.addAll(lists);
    assertThat(shown(errors)).as(what).isEqualTo(Vectors.strings(vector, "errors"));

    if (before != null) {
      List<FieldError> updateErrors =
          new ArrayList<>(SchemaValidation.validateUpdate(object, before, schema, ""));
      updateErrors.addAll(embedded);
      if (ListRules.validate(before, schema).isEmpty()) {
        updateErrors.addAll(lists);
      }
      assertThat(shown(updateErrors))
          .as("%s in place of %s", what, before)
          .isEqualTo(Vectors.strings(vector, "updateErrors"));
    }
    return object;
  }

  private static List<String> shown(List<FieldError> errors) {
    return errors.stream()
        .map(each -> each.type().reason() + " " + each)
        .sorted()
        .toList();
  }
}
