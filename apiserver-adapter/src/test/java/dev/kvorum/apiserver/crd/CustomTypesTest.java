package dev.kvorum.apiserver.crd;

import static dev.kvorum.apiserver.crd.Widgets.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.apiserver.crd.schema.SchemaReader;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.ObjectType;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class CustomTypesTest {
  @Test
  void whatIsBelowAnOpenObjectIsOpen() {
    ObjectType type = CustomTypes.of(
        "",
        SchemaReader.read(
            json("{'type':'object','properties':{'spec':{'type':'object',"
                + "'x-kubernetes-preserve-unknown-fields':true,'properties':{'inner':{'type':'object',"
                + "'properties':{'a':{'type':'string'}}}}}}}"),
            "schema",
            new ArrayList<>()));
    assertThat(type.open()).isFalse();
    assertThat(type.field("metadata")).isNotNull();
    ObjectType spec = object(type, "spec");
    assertThat(spec.open()).isTrue();
    assertThat(object(spec, "inner").open()).isTrue();
  }

  private static ObjectType object(ObjectType type, String name) {
    Field field = type.field(name);
    assertThat(field).isNotNull();
    return (ObjectType) field.type();
  }
}
