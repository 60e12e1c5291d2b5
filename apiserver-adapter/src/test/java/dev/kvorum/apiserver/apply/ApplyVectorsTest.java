package dev.kvorum.apiserver.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.patch.MergePatch;
import dev.kvorum.apiserver.patch.PatchException;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scenarios of several writers, with what the Kubernetes libraries made of each write. */
class ApplyVectorsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  static Stream<JsonNode> scenarios() {
    return Vectors.of("ssa");
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void everyWriteHasTheSameOutcome(JsonNode scenario) throws Exception {
    new Scenario(scenario.get("kind").asText()).play(scenario.get("steps"));
  }

  private static final class Scenario {
    private final GroupVersionKind kind;
    private final @Nullable Type type;
    private final FieldManager manager;
    private ObjectNode live = JsonNodeFactory.instance.objectNode();

    Scenario(String kind) {
      int slash = kind.lastIndexOf('/');
      this.kind = GroupVersionKind.of(kind.substring(0, slash), kind.substring(slash + 1));
      OneVersion versions = new OneVersion(this.kind);
      type = versions.type(this.kind.apiVersion());
      manager = new FieldManager(this.kind, versions, "", List.of());
      live = typed(JsonNodeFactory.instance.objectNode());
    }

    void play(JsonNode steps) throws ApplyException, PatchException {
      for (int i = 0; i < steps.size(); i++) {
        JsonNode step = steps.get(i);
        String as = "step " + i + " " + step;
        if (step.has("error")) {
          assertRefused(step, as);
          continue;
        }
        ObjectNode before = live;
        live = normal(write(step), type);
        ObjectNode content = live.deepCopy();
        JsonNode owners = ((ObjectNode) content.get("metadata")).remove("managedFields");
        assertThat(content).as(as).isEqualTo(normal((ObjectNode) step.get("live"), type));
        assertThat(owners == null ? NullNode.instance : withoutTimes(owners))
            .as(as)
            .isEqualTo(step.get("managedFields"));
        assertThat(live.equals(before)).as(as).isEqualTo(step.get("unchanged").asBoolean());
      }
    }

    private ObjectNode write(JsonNode step) throws ApplyException, PatchException {
      if (step.has("raw")) {
        return typed(step.get("raw"));
      }
      if (step.has("update")) {
        ObjectNode updated = step.has("set")
            ? typed(step.get("set"))
            : (ObjectNode) MergePatch.apply(live.deepCopy(), step.get("merge").deepCopy());
        return manager.update(live, updated, step.get("update").asText(), START);
      }
      try {
        return apply(step).object();
      } catch (ApplyConflict conflict) {
        return fail("not expected in " + step, conflict);
      }
    }

    private FieldManager.Applied apply(JsonNode step) throws ApplyConflict, ApplyException {
      return manager.apply(
          live,
          typed(step.get("obj")),
          step.get("apply").asText(),
          step.path("force").asBoolean(),
          START);
    }

    private void assertRefused(JsonNode step, String as) {
      JsonNode error = step.get("error");
      try {
        apply(step);
        fail(as + " was not refused");
      } catch (ApplyConflict conflict) {
        assertThat(conflict).as(as).hasMessage(error.path("message").asText());
        assertThat(error.path("reason").asText()).isEqualTo("Conflict");
        ArrayNode causes = JsonNodeFactory.instance.arrayNode();
        conflict
            .causes()
            .forEach(cause -> causes
                .addObject()
                .put("reason", "FieldManagerConflict")
                .put("message", cause.message())
                .put("field", cause.field()));
        assertThat(causes).as(as).isEqualTo(error.path("details").path("causes"));
      } catch (ApplyException refusal) {
        assertThat(refusal)
            .as(as)
            .hasMessage(error.path("message").asText(error.path("goError").asText()));
        assertThat(refusal.isBadRequest())
            .isEqualTo(error.path("reason").asText().equals("BadRequest"));
      }
    }

    private ObjectNode typed(JsonNode object) {
      ObjectNode typed = JsonNodeFactory.instance.objectNode();
      typed.put("apiVersion", kind.apiVersion());
      typed.put("kind", kind.kind());
      typed.setAll((ObjectNode) object.deepCopy());
      return typed;
    }
  }

  /**
   * An object without what its encoding makes no difference about: nulls, and the zero values of fields that do not tell
   * them from none, which decoding takes away or adds.
   */
  private static ObjectNode normal(ObjectNode object, @Nullable Type type) {
    ObjectNode normal = object.deepCopy();
    normalize(normal, type);
    if (!normal.has("metadata")) {
      normal.putObject("metadata");
    }
    return normal;
  }

  private static void normalize(JsonNode value, @Nullable Type type) {
    if (value instanceof ObjectNode object) {
      Shape shape = Shape.of(type, object);
      for (Iterator<Map.Entry<String, JsonNode>> each = object.properties().iterator();
          each.hasNext(); ) {
        Map.Entry<String, JsonNode> entry = each.next();
        normalize(entry.getValue(), shape.fieldType(entry.getKey()));
        Field field = type instanceof ObjectType fields ? fields.field(entry.getKey()) : null;
        if (entry.getValue().isNull()
            || (field != null && !field.pointer() && isZero(entry.getValue()))) {
          each.remove();
        }
      }
    } else if (value.isArray()) {
      value.forEach(element -> normalize(element, Shape.of(type, value).elementType()));
    }
  }

  private static boolean isZero(JsonNode value) {
    return value.isContainerNode()
        ? value.isEmpty()
        : value.asText().isEmpty() || (value.isNumber() && value.asDouble() == 0);
  }

  private static JsonNode withoutTimes(JsonNode owners) {
    owners.forEach(entry -> ((ObjectNode) entry).remove("time"));
    return owners;
  }

  private record OneVersion(GroupVersionKind kind) implements Versions {
    @Override
    public boolean isServed(String apiVersion) {
      return kind.apiVersion().equals(apiVersion);
    }

    @Override
    public @Nullable Type type(String apiVersion) {
      return kind.kind().equals("Widget") ? Widget.TYPE : BuiltInTypes.get().find(kind);
    }
  }
}
