package dev.kvorum.apiserver.protobuf;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kvorum.apiserver.GoModules;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The samples that the module k8s.io/api has of every kind, with each of its fields set, in JSON and protobuf. */
class UpstreamSamplesIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Built-in kinds with a sample; the others' versions are not served any more. */
  private static final int SAMPLES = 100;

  @Test
  void everySampleOfABuiltInKindSurvivesBothWays() throws Exception {
    ProtobufCodec codec = new ProtobufCodec(BuiltInTypes.get(), Limits.REQUEST);
    Map<String, String> wrong = new TreeMap<>();
    int compared = 0;
    for (Path json : samples()) {
      String name = json.getFileName().toString().replaceFirst("\\.json$", "");
      JsonNode object = JSON.readTree(Files.readAllBytes(json));
      GroupVersionKind kind = GroupVersionKind.of(
          object.path("apiVersion").asText(), object.path("kind").asText());
      if (BuiltInTypes.get().find(kind) == null) {
        continue;
      }
      compared++;
      byte[] bytes = Files.readAllBytes(json.resolveSibling(name + ".pb"));
      try {
        JsonNode read = codec.decode(bytes, null);
        if (!read.equals(object)) {
          wrong.put(name + " read", difference("", object, read));
        }
        if (!Arrays.equals(codec.encode(object), bytes)) {
          wrong.put(
              name + " written", difference("", object, codec.decode(codec.encode(object), null)));
        }
      } catch (ProtobufException e) {
        wrong.put(name, e.toString());
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(compared).isEqualTo(SAMPLES);
  }

  private static String difference(String path, JsonNode expected, JsonNode actual) {
    if (expected.isObject() && actual.isObject()) {
      List<String> names = new ArrayList<>();
      expected.fieldNames().forEachRemaining(names::add);
      actual.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        if (!expected.path(name).equals(actual.path(name))) {
          return difference(path + "." + name, expected.path(name), actual.path(name));
        }
      }
    }
    if (expected.isArray() && actual.isArray() && expected.size() == actual.size()) {
      for (int i = 0; i < expected.size(); i++) {
        if (!expected.get(i).equals(actual.get(i))) {
          return difference(path + "[" + i + "]", expected.get(i), actual.get(i));
        }
      }
    }
    return path + ": expected " + shortened(expected) + ", was " + shortened(actual);
  }

  private static String shortened(JsonNode node) {
    String text = node.toString();
    return text.length() > 200 ? text.substring(0, 200) : text;
  }

  private static List<Path> samples() throws Exception {
    Path folder = GoModules.folder("k8s.io/api", "v0.36.3", "testdata/HEAD");
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }
}
