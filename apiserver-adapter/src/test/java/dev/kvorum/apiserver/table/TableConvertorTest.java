package dev.kvorum.apiserver.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is around the rows. The expected documents are a kube-apiserver's, without descriptions. */
class TableConvertorTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final TableConvertor MAPS =
      TableConvertor.forKind(GroupVersionKind.of("v1", "ConfigMap"));

  private static ObjectNode tree(String json) throws Exception {
    return (ObjectNode) JSON.readTree(json.replace('\'', '"'));
  }

  private static ObjectNode map() throws Exception {
    return tree(
        "{'kind':'ConfigMap','apiVersion':'v1','metadata':{'name':'a','resourceVersion':'465',"
            + "'creationTimestamp':'2026-01-01T00:00:00Z'},'data':{'x':'1'}}");
  }

  @Test
  void pageOfAListKeepsWhatLeadsToTheNext() throws Exception {
    ObjectNode list = tree("{'resourceVersion':'9','continue':'abc','remainingItemCount':7,'x':1}");

    ObjectNode table = MAPS.table(List.of(map()), list, IncludeObject.METADATA, true, NOW);

    assertThat(table.path("metadata"))
        .isEqualTo(tree("{'resourceVersion':'9','continue':'abc','remainingItemCount':7}"));
    assertThat(table.path("columnDefinitions")).hasSize(3);
    assertThat(table.path("rows").path(0).toString())
        .isEqualTo(tree("{'cells':['a',1,'0s'],'object':{'kind':'PartialObjectMetadata',"
                + "'apiVersion':'meta.k8s.io/v1','metadata':{'name':'a','resourceVersion':'465',"
                + "'creationTimestamp':'2026-01-01T00:00:00Z'}}}")
            .toString());
  }

  @Test
  void rowsCarryWhatWasAskedFor() throws Exception {
    ObjectNode whole = MAPS.table(List.of(map()), map(), IncludeObject.OBJECT, true, NOW);
    ObjectNode none = MAPS.table(List.of(map()), map(), IncludeObject.NONE, true, NOW);
    ObjectNode older =
        MAPS.table(List.of(map()), map(), "v1beta1", IncludeObject.METADATA, true, NOW);

    assertThat(whole.path("rows").path(0).path("object")).isEqualTo(map());
    assertThat(none.path("rows").path(0).path("object").isNull()).isTrue();
    assertThat(older.path("apiVersion").asText()).isEqualTo("meta.k8s.io/v1beta1");
    assertThat(older.path("rows").path(0).path("object").path("apiVersion").asText())
        .isEqualTo("meta.k8s.io/v1beta1");
    assertThat(MAPS.table(List.of(), map(), IncludeObject.NONE, true, NOW).path("rows"))
        .isEmpty();
  }

  @Test
  void bookmarkIsARowWithoutColumns() throws Exception {
    ObjectNode bookmark =
        tree("{'kind':'ConfigMap','apiVersion':'v1','metadata':{'resourceVersion':'465',"
            + "'annotations':{'k8s.io/initial-events-end':'true'}}}");

    ObjectNode table = MAPS.table(
        List.of(bookmark), tree("{'resourceVersion':'465'}"), IncludeObject.METADATA, false, NOW);

    assertThat(table.toString())
        .isEqualTo(
            tree("{'kind':'Table','apiVersion':'meta.k8s.io/v1','metadata':{'resourceVersion':'465'},"
                    + "'columnDefinitions':null,'rows':[{'cells':['',0,'<unknown>'],'object':"
                    + "{'kind':'PartialObjectMetadata','apiVersion':'meta.k8s.io/v1','metadata':"
                    + "{'resourceVersion':'465','annotations':{'k8s.io/initial-events-end':'true'}}}}]}")
                .toString());
  }

  @Test
  void listOfMetadataKeepsItsOwn() throws Exception {
    ObjectNode list =
        tree("{'kind':'ConfigMapList','apiVersion':'v1','metadata':{'resourceVersion':'3'}}");
    list.putArray("items").add(map());

    ObjectNode partial = PartialMetadata.ofList(list, "v1");

    assertThat(partial.path("kind").asText()).isEqualTo("PartialObjectMetadataList");
    assertThat(partial.path("metadata").path("resourceVersion").asText()).isEqualTo("3");
    assertThat(partial.path("items").path(0)).isEqualTo(PartialMetadata.of(map(), "v1"));
    assertThat(partial.path("items").path(0).has("data")).isFalse();
  }

  @Test
  void includeObjectIsOneOfThree() {
    assertThat(IncludeObject.parse(null)).isEqualTo(IncludeObject.METADATA);
    assertThat(IncludeObject.parse("")).isEqualTo(IncludeObject.METADATA);
    assertThat(IncludeObject.parse("Object")).isEqualTo(IncludeObject.OBJECT);
    assertThat(IncludeObject.parse("None")).isEqualTo(IncludeObject.NONE);
    assertThat(IncludeObject.parse("none")).isNull();
  }

  @Test
  void pathsOfColumnsLeadWhereTheyLeadUpstream() throws Exception {
    ObjectNode object =
        tree("{'a':{'b.c':1,'list':[{'n':'x','v':1},{'n':'y','v':2.5},{'n':'z'}]},'e':null}");

    assertThat(found(".a.b\\.c", object)).isEqualTo("[1]");
    assertThat(found(".a.list[*].n", object)).isEqualTo("[\"x\",\"y\",\"z\"]");
    assertThat(found(".a.list[-1].n", object)).isEqualTo("[\"z\"]");
    assertThat(found(".a.list[0:2].n", object)).isEqualTo("[\"x\",\"y\"]");
    assertThat(found(".a.list[1:3:2147483647].n", object)).isEqualTo("[\"y\"]");
    assertThat(found(".a.list[0,2].n", object)).isEqualTo("[\"x\",\"z\"]");
    assertThat(found(".a['list'][1].v", object)).isEqualTo("[2.5]");
    assertThat(found(".a.list[3]", object)).isEqualTo("[]");
    assertThat(found(".a[0]", object)).isEqualTo("[]");
    assertThat(found(".a.list[?(@.n==\"y\")].v", object)).isEqualTo("[2.5]");
    assertThat(found(".a.list[?(@.n!='y')].n", object)).isEqualTo("[\"x\",\"z\"]");
    assertThat(found(".a.list[?(@.v)].n", object)).isEqualTo("[\"x\",\"y\"]");
    assertThat(found(".a.list[?(@.v>0)].n", object))
        .as("1 and 2.5 are of two types")
        .isEqualTo("[]");
    assertThat(found(".a..n", object)).isEqualTo("[\"x\",\"y\",\"z\"]");
    assertThat(found(".e", object)).isEqualTo("[null]");
    assertThat(JsonPath.parse(".a[")).isNull();
    assertThat(JsonPath.parse(".a[?(@.b]")).isNull();
    assertThat(JsonPath.parse(".a[x]")).isNull();
  }

  private static String found(String path, ObjectNode object) {
    JsonPath parsed = JsonPath.parse(path);
    assertThat(parsed).as(path).isNotNull();
    return parsed.find(object).toString().replace(" ", "");
  }
}
