package dev.kvorum.apiserver.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What a document says.
 *
 * @param tree with sorted members; of several with one name the last
 * @param repeated the members that came again, as {@code line 3: key "a" already set in map}
 */
public record ReadYaml(JsonNode tree, List<String> repeated) {
  public ReadYaml {
    repeated = List.copyOf(repeated);
  }

  /** All that came again, as one complaint; empty if nothing did. */
  public String complaint() {
    return repeated.isEmpty() ? "" : "yaml: unmarshal errors:\n  " + String.join("\n  ", repeated);
  }
}
