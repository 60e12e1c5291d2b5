package dev.kvorum.apiserver.openapi;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.schema.BuiltInResources;
import dev.kvorum.apiserver.schema.GroupVersion.Stability;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Custom resources: a kube-apiserver's documents for the same definitions. */
class CustomOpenApiTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final OpenApi BUILT_IN =
      OpenApi.of(BuiltInResources.read(EnumSet.of(Stability.STABLE)));

  static List<JsonNode> documents() {
    return Vectors.of("openapi-custom").toList();
  }

  @ParameterizedTest
  @MethodSource("documents")
  void documentIsTheSame(JsonNode vector) throws Exception {
    List<CustomSchema> schemas = CustomDefinitions.read(vector.path("definitions"));
    OpenApi openApi = BUILT_IN.withCustom(schemas);

    String path = Names.path(schemas.getFirst().resource().groupVersion());
    JsonNode ours = JSON.readTree(requireNonNull(openApi.find(path)).json());

    assertThat(Differences.between(plain(vector.path("document")), plain(ours))).isEmpty();
  }

  /** The server names a kind that exists in every version with all versions of its own program; here, with this one. */
  private static JsonNode plain(JsonNode document) {
    JsonNode plain = Plain.of(document);
    ((ObjectNode) plain).remove("info");
    ((ObjectNode) plain.path("components")).remove("securitySchemes");
    JsonNode options =
        plain.path("components").path("schemas").path(BuiltInPaths.META + "DeleteOptions");
    ((ObjectNode) options).remove(Nodes.KINDS);
    return plain;
  }

  @Test
  void documentOfVersion2IsTheSame() throws Exception {
    JsonNode theirs;
    try (InputStream in = requireNonNull(
        CustomOpenApiTest.class.getResourceAsStream("/kubernetes/swagger-custom.json"))) {
      theirs = Plain.of(JSON.readTree(in));
    }
    JsonNode ours = Plain.of(JSON.readTree(BUILT_IN.withCustom(all()).swagger().json()));

    for (String part : new String[] {"paths", "definitions"}) {
      ObjectNode custom = JSON.createObjectNode();
      ours.path(part).properties().stream()
          .filter(entry -> entry.getKey().contains("example"))
          .forEach(entry -> custom.set(entry.getKey(), entry.getValue()));
      assertThat(Differences.between(theirs.path(part), custom)).isEmpty();
    }
  }

  @Test
  void onlyWhatChangedGetsANewHash() throws Exception {
    List<CustomSchema> schemas = all();
    OpenApi before = BUILT_IN.withCustom(schemas);
    ObjectNode changed =
        requireNonNull((ObjectNode) schemas.getFirst().schema()).deepCopy();
    changed.put("description", "another one");
    schemas.set(0, new CustomSchema(schemas.getFirst().resource(), changed, List.of()));

    OpenApi after = BUILT_IN.withCustom(all()).withCustom(schemas);

    String path = Names.path(schemas.getFirst().resource().groupVersion());
    assertThat(hash(after, path)).isNotEqualTo(hash(before, path));
    assertThat(hash(after, "apis/other.dev.example.com/v1beta1"))
        .isEqualTo(hash(before, "apis/other.dev.example.com/v1beta1"));
    assertThat(after.find("apis/apps/v1")).isSameAs(BUILT_IN.find("apis/apps/v1"));
    assertThat(BUILT_IN.find(path)).isNull();
    JsonNode index = JSON.readTree(after.index().json());
    assertThat(index.path("paths").path(path).path("serverRelativeURL").asText())
        .isEqualTo("/openapi/v3/" + path + "?hash=" + hash(after, path));
  }

  @Test
  void defaultThatLooksLikeAReferenceIsAValue() throws Exception {
    List<CustomSchema> schemas = all();
    ObjectNode schema = requireNonNull((ObjectNode) schemas.getFirst().schema()).deepCopy();
    schema
        .withObject("/properties/spec/properties/odd")
        .put("type", "object")
        .putObject("default")
        .put("$ref", Nodes.SCHEMAS + "io.example.Nothing");
    schemas.set(0, new CustomSchema(schemas.getFirst().resource(), schema, List.of()));

    OpenApi openApi = BUILT_IN.withCustom(schemas);

    assertThat(JSON.readTree(openApi.index().json()).path("paths").size()).isGreaterThan(20);
    assertThat(
            JSON.readTree(openApi.swagger().json()).path("definitions").has("io.example.Nothing"))
        .isFalse();
  }

  private static List<CustomSchema> all() {
    List<CustomSchema> schemas = new ArrayList<>();
    documents()
        .forEach(vector -> schemas.addAll(CustomDefinitions.read(vector.path("definitions"))));
    return schemas;
  }

  private static String hash(OpenApi openApi, String path) {
    return requireNonNull(openApi.find(path)).hash();
  }
}
