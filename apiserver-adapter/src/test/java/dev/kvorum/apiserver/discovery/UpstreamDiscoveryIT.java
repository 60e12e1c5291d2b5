package dev.kvorum.apiserver.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.GoModules;
import dev.kvorum.apiserver.schema.ApiGroup;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.BuiltInResources;
import dev.kvorum.apiserver.schema.GroupVersion.Stability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The documents that a kube-apiserver of that version answers, as its sources hold them. */
class UpstreamDiscoveryIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<ApiGroup> GROUPS =
      BuiltInResources.read(EnumSet.allOf(Stability.class)).groups();

  @Test
  void everyDocumentIsTheSame() throws Exception {
    Path folder = GoModules.folder("k8s.io/kubernetes", "v1.36.3", "api/discovery");
    Map<String, ObjectNode> ours = documents();
    Set<String> compared = new TreeSet<>();
    try (var files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        JsonNode theirs = JSON.readTree(Files.readAllBytes(file));
        assertThat(ours).as("documents").containsKey(name);
        assertThat((JsonNode) ours.get(name)).as(name).isEqualTo(theirs);
        compared.add(name);
      }
    }
    assertThat(compared).isEqualTo(new TreeSet<>(ours.keySet()));
  }

  /** By the names of upstream's files. */
  private static Map<String, ObjectNode> documents() {
    Map<String, ObjectNode> documents = new HashMap<>();
    ApiGroup core = GROUPS.getFirst();
    documents.put("api.json", DiscoveryLists.coreVersions(core, "10.10.10.10:8050"));
    documents.put("apis.json", DiscoveryLists.groupList(GROUPS));
    documents.put(
        "aggregated_v2.json", AggregatedDiscovery.of(GROUPS.subList(1, GROUPS.size()), "v2"));
    for (ApiGroup group : GROUPS) {
      if (!group.name().isEmpty()) {
        documents.put("apis__" + group.name() + ".json", DiscoveryLists.group(group));
      }
      for (ApiVersion version : group.versions()) {
        String path = group.name().isEmpty()
            ? "api__" + version.groupVersion().version()
            : "apis__" + group.name() + "__" + version.groupVersion().version();
        documents.put(path + ".json", DiscoveryLists.resourceList(version));
      }
    }
    return documents;
  }

  @Test
  void theCoreGroupHasNoNameWhenAllIsToldAtOnce() {
    ObjectNode document = AggregatedDiscovery.of(GROUPS.subList(0, 1), "v2beta1");

    assertThat(document.path("apiVersion").asText()).isEqualTo("apidiscovery.k8s.io/v2beta1");
    assertThat(document.path("items")).hasSize(1);
    assertThat(document.path("items").path(0).path("metadata")).isEmpty();
    ArrayNode resources =
        (ArrayNode) document.path("items").path(0).path("versions").path(0).path("resources");
    assertThat(resources.findValuesAsText("resource")).contains("pods", "namespaces");
  }
}
