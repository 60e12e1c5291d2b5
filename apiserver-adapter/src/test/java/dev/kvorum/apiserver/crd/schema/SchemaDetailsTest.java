package dev.kvorum.apiserver.crd.schema;

import static dev.kvorum.apiserver.crd.Widgets.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What vectors rarely meet. */
class SchemaDetailsTest {
  @Test
  void fieldsThatAreNamedArePrunedEvenWhereOthersAreKept() {
    ObjectNode value = json("{'known':{'a':1,'b':2},'other':{'c':3}}");
    JsonSchema schema =
        schema("{'type':'object','x-kubernetes-preserve-unknown-fields':true,'properties':{"
            + "'known':{'type':'object','properties':{'a':{'type':'integer'}}}}}");
    assertThat(Pruning.prune(value, schema)).containsExactly("known.b");
    assertThat(value).isEqualTo(json("{'known':{'a':1},'other':{'c':3}}"));
  }

  @Test
  void ofThreeEqualElementsOneIsTold() {
    JsonSchema schema =
        schema("{'type':'object','properties':{'s':{'type':'array','items':{'type':'string'},"
            + "'x-kubernetes-list-type':'set'}}}");
    assertThat(ListRules.validate(json("{'s':['x','x','x']}"), schema))
        .hasToString("[s[1]: Duplicate value: \"x\"]");
  }

  @Test
  void ofAlternativesThatFitEquallyWellTheFirstIsTold() {
    JsonSchema schema = schema("{'type':'object','properties':{'n':{'type':'integer',"
        + "'anyOf':[{'minimum':5},{'multipleOf':7}]}}}");
    assertThat(SchemaValidation.validate(json("{'n':3}"), schema, "").stream()
            .map(FieldError::toString))
        .containsExactly(
            "<nil>: Invalid value: \"\": \"n\" must validate at least one schema (anyOf)",
            "n: Invalid value: 3: n in body should be greater than or equal to 5");
  }

  private static JsonSchema schema(String text) {
    List<FieldError> problems = new ArrayList<>();
    JsonSchema schema = SchemaReader.read(json(text), "schema", problems);
    assertThat(problems).isEmpty();
    return schema;
  }
}
