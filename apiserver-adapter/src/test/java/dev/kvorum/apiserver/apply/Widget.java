package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.ListType.Identity;
import dev.kvorum.apiserver.schema.ListType.Merging;
import dev.kvorum.apiserver.schema.MapMerging;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import dev.kvorum.apiserver.schema.WireMember;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A custom resource with the kinds of lists that built-in ones do not have. */
final class Widget {
  static final ObjectType TYPE = new Fields(List.of(
      field("apiVersion", Leaf.STRING),
      field("kind", Leaf.STRING),
      field(
          "metadata",
          new Fields(List.of(
              field("name", Leaf.STRING),
              field("labels", new MapType(Leaf.STRING, MapMerging.GRANULAR))))),
      field(
          "spec",
          new Fields(List.of(
              field(
                  "items",
                  keyed(
                      List.of("key", "kind"),
                      field("key", Leaf.STRING),
                      field("kind", Leaf.STRING, TextNode.valueOf("K")),
                      field("v", Leaf.INT64))),
              field(
                  "nokeydef",
                  keyed(List.of("id"), field("id", Leaf.STRING), field("v", Leaf.INT64))),
              field(
                  "nums",
                  new ListType(Leaf.INT64, new Merging(Identity.SET, List.of(), true), false)),
              field(
                  "nest",
                  new Fields(List.of(field(
                      "deep",
                      new Fields(List.of(
                          field("x", Leaf.INT64),
                          field("y", Leaf.INT64),
                          field("z", Leaf.INT64))))))))))));

  private Widget() {}

  private static Field field(String name, Type type) {
    return field(name, type, null);
  }

  private static Field field(String name, Type type, @Nullable JsonNode defaultValue) {
    return new Field(name, type, false, false, false, defaultValue, null);
  }

  private static ListType keyed(List<String> keys, Field... fields) {
    return new ListType(new Fields(List.of(fields)), new Merging(Identity.MAP, keys, true), false);
  }

  private record Fields(List<Field> fields) implements ObjectType {
    @Override
    public String definition() {
      return "";
    }

    @Override
    public MapMerging merging() {
      return MapMerging.GRANULAR;
    }

    @Override
    public @Nullable Field field(String name) {
      return fields.stream()
          .filter(each -> each.name().equals(name))
          .findFirst()
          .orElse(null);
    }

    @Override
    public boolean open() {
      return false;
    }

    @Override
    public @Nullable List<WireMember> wire() {
      return null;
    }
  }
}
