package dev.kvorum.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Inputs with what the Kubernetes libraries made of them; see the README beside the files. */
public final class Vectors {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Vectors() {}

  /** The cases of {@code kubernetes/<name>.json}. */
  public static Stream<JsonNode> of(String name) {
    List<JsonNode> cases = new ArrayList<>();
    file(name).forEach(cases::add);
    if (cases.isEmpty()) {
      throw new IllegalStateException(name + " has no cases");
    }
    return cases.stream();
  }

  /** All of {@code kubernetes/<name>.json}. */
  public static JsonNode file(String name) {
    String file = "/kubernetes/" + name + ".json";
    try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream(file), file)) {
      return JSON.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A member's strings; none if it is null or missing. */
  public static List<String> strings(JsonNode vector, String member) {
    List<String> strings = new ArrayList<>();
    vector.path(member).forEach(each -> strings.add(each.asText()));
    return strings;
  }
}
