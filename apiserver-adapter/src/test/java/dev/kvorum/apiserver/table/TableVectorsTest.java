package dev.kvorum.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.Vectors;
import dev.kvorum.apiserver.schema.BuiltInResources;
import dev.kvorum.apiserver.schema.GroupVersion.Stability;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rows that Kubernetes' own printers make of the same objects, and an API server of the same custom resources. */
class TableVectorsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  static Stream<JsonNode> builtIn() {
    return Vectors.of("tables");
  }

  @ParameterizedTest
  @MethodSource("builtIn")
  void rowIsTheSame(JsonNode vector) throws Exception {
    ObjectNode object = (ObjectNode) vector.path("object");

    ObjectNode table = convertor(object)
        .table(List.of(object), JSON.createObjectNode(), IncludeObject.NONE, true, NOW);

    JsonNode row = table.path("rows").path(0);
    assertThat(written(row.path("cells"))).isEqualTo(vector.path("cells"));
    assertThat(row.path("conditions")).isEqualTo(vector.path("conditions"));
    ArrayNode columns = JsonNodeFactory.instance.arrayNode();
    for (JsonNode column : table.path("columnDefinitions")) {
      ((ObjectNode) column).remove("description");
      columns.add(column);
    }
    assertThat(written(columns)).isEqualTo(written(vector.path("columns")));
  }

  private static TableConvertor convertor(ObjectNode object) {
    return TableConvertor.forKind(GroupVersionKind.of(
        object.path("apiVersion").asText(), object.path("kind").asText()));
  }

  /** As it is read back: 1 and 1L are the same. */
  private static JsonNode written(JsonNode tree) throws Exception {
    return JSON.readTree(JSON.writeValueAsString(tree));
  }

  @Test
  void everyKindIsCompared() {
    Set<String> compared = new TreeSet<>();
    builtIn()
        .map(vector -> vector.path("object"))
        .forEach(object -> compared.add(
            object.path("apiVersion").asText() + " " + object.path("kind").asText()));
    Set<String> missing = new TreeSet<>();
    BuiltInResources.read(EnumSet.allOf(Stability.class))
        .groups()
        .forEach(group -> group
            .versions()
            .forEach(version -> version.resources().forEach(resource -> {
              String kind = resource.kind().apiVersion() + " " + resource.kind().kind();
              if (resource.verbs().contains("list") && !compared.contains(kind)) {
                missing.add(kind);
              }
            })));

    // These are shown by servers of their own, and looked at below.
    assertThat(missing)
        .containsExactly(
            "apiextensions.k8s.io/v1 CustomResourceDefinition",
            "apiregistration.k8s.io/v1 APIService");
  }

  static Stream<JsonNode> custom() {
    return Vectors.of("custom-tables");
  }

  @ParameterizedTest
  @MethodSource("custom")
  void tableOfCustomResourcesIsTheSame(JsonNode vector) throws Exception {
    List<PrinterColumn> columns = new ArrayList<>();
    for (JsonNode column : vector.path("columns")) {
      columns.add(new PrinterColumn(
          column.path("name").asText(),
          column.path("type").asText(),
          column.path("format").asText(""),
          column.path("description").asText(""),
          column.path("priority").asInt(0),
          column.path("jsonPath").asText()));
    }
    List<ObjectNode> objects = new ArrayList<>();
    vector.path("list").path("items").forEach(item -> objects.add((ObjectNode) item));

    ObjectNode table = TableConvertor.forCustom(columns)
        .table(
            objects,
            (ObjectNode) vector.path("list").path("metadata"),
            IncludeObject.METADATA,
            true,
            Instant.parse(vector.path("now").asText()));

    ArrayNode cells = JsonNodeFactory.instance.arrayNode();
    table.path("rows").forEach(row -> cells.add(row.path("cells")));
    assertThat(written(cells)).isEqualTo(vector.path("cells"));
    ArrayNode definitions = (ArrayNode) written(table.path("columnDefinitions"));
    for (JsonNode column : definitions) {
      if (column.path("name").asText().matches("Name|Age")) {
        ((ObjectNode) column).put("description", "");
      }
    }
    assertThat((JsonNode) definitions).isEqualTo(vector.path("columnDefinitions"));
  }

  @Test
  void servicesOfOtherServersSayWhoTheyAre() throws Exception {
    assertThat(
            cells(
                "{\"apiVersion\":\"apiregistration.k8s.io/v1\",\"kind\":\"APIService\","
                    + "\"metadata\":{\"name\":\"v1.apps\",\"creationTimestamp\":\"2025-12-31T23:45:00Z\"},"
                    + "\"status\":{\"conditions\":[{\"type\":\"Available\",\"status\":\"True\",\"reason\":\"Local\"}]}}"))
        .isEqualTo("[\"v1.apps\",\"Local\",\"True\",\"15m\"]");
    assertThat(
            cells(
                "{\"apiVersion\":\"apiregistration.k8s.io/v1\",\"kind\":\"APIService\","
                    + "\"metadata\":{\"name\":\"a\"},\"spec\":{\"service\":{\"namespace\":\"n\",\"name\":\"s\"}},"
                    + "\"status\":{\"conditions\":[{\"type\":\"Available\",\"status\":\"False\",\"reason\":\"Gone\"}]}}"))
        .isEqualTo("[\"a\",\"n/s\",\"False (Gone)\",\"<unknown>\"]");
    assertThat(
            cells(
                "{\"apiVersion\":\"apiextensions.k8s.io/v1\",\"kind\":\"CustomResourceDefinition\","
                    + "\"metadata\":{\"name\":\"a.b\",\"creationTimestamp\":\"2025-12-31T23:45:00Z\"}}"))
        .isEqualTo("[\"a.b\",\"2025-12-31T23:45:00Z\"]");
  }

  private static String cells(String object) throws Exception {
    ObjectNode tree = (ObjectNode) JSON.readTree(object);
    return convertor(tree)
        .table(List.of(tree), JSON.createObjectNode(), IncludeObject.NONE, true, NOW)
        .path("rows")
        .path(0)
        .path("cells")
        .toString();
  }
}
