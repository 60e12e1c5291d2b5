package dev.kvorum.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.GoModules;
import dev.kvorum.apiserver.schema.BuiltInResources;
import dev.kvorum.apiserver.schema.GroupVersion.Stability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The documents that a kube-apiserver of that version answers, as its sources hold them. */
class UpstreamOpenApiIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUFFIX = "_openapi.json";

  /** What is not served here. */
  private static final Set<String> NOT_HERE =
      Set.of(".well-known/openid-configuration", "logs", "openid/v1/jwks");

  /** Bytes are no list, so the tables have no room for this one list type, which does nothing. */
  private static final String BYTES_AS_A_LIST =
      "components schemas io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.APIServiceSpec properties"
          + " caBundle x-kubernetes-list-type: \"atomic\" there, nothing here";

  private final OpenApi ours = OpenApi.of(BuiltInResources.read(EnumSet.allOf(Stability.class)));

  @Test
  void everyDocumentIsTheSame() throws Exception {
    Path folder = GoModules.folder("k8s.io/kubernetes", "v1.36.3", "api/openapi-spec/v3");
    Set<String> compared = new TreeSet<>();
    try (var files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        String path = name.substring(0, name.length() - SUFFIX.length()).replace("__", "/");
        if (NOT_HERE.contains(path)) {
          continue;
        }
        OpenApiDocument document = ours.find(path);
        assertThat(document).as(path).isNotNull();
        JsonNode theirs = Plain.of(JSON.readTree(Files.readAllBytes(file)));
        assertThat(Differences.between(theirs, Plain.of(JSON.readTree(document.json()))))
            .as(path)
            .filteredOn(difference -> !difference.equals(BYTES_AS_A_LIST))
            .isEmpty();
        compared.add(path);
      }
    }
    assertThat(compared).isEqualTo(indexed());
  }

  /** Upstream's program has versions of kinds in it that it does not serve, and names these with them. */
  private static final Set<String> IN_EVERY_VERSION =
      Set.of(BuiltInPaths.META + "DeleteOptions", BuiltInPaths.META + "WatchEvent");

  @Test
  void documentOfVersion2IsTheSame() throws Exception {
    Path folder = GoModules.folder("k8s.io/kubernetes", "v1.36.3", "api/openapi-spec");
    JsonNode theirs = Plain.of(JSON.readTree(Files.readAllBytes(folder.resolve("swagger.json"))));
    JsonNode mine = Plain.of(JSON.readTree(ours.swagger().json()));
    for (String definition : IN_EVERY_VERSION) {
      ((ObjectNode) theirs.path("definitions").path(definition)).remove(Nodes.KINDS);
      ((ObjectNode) mine.path("definitions").path(definition)).remove(Nodes.KINDS);
    }
    NOT_HERE.forEach(path -> ((ObjectNode) theirs.path("paths")).remove("/" + path + "/"));
    ((ObjectNode) theirs.path("paths")).remove("/logs/{logpath}");

    assertThat(Differences.between(theirs, mine))
        .containsExactly(BYTES_AS_A_LIST.replace("components schemas", "definitions"));
  }

  private Set<String> indexed() throws Exception {
    Set<String> indexed = new TreeSet<>();
    JSON.readTree(ours.index().json()).path("paths").fieldNames().forEachRemaining(indexed::add);
    return indexed;
  }
}
