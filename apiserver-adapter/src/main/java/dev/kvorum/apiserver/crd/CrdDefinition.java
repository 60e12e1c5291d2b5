package dev.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.apply.Versions;
import dev.kvorum.apiserver.crd.definition.DefinitionStatus;
import dev.kvorum.apiserver.crd.schema.JsonSchema;
import dev.kvorum.apiserver.crd.schema.SchemaReader;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.schema.Subresource;
import dev.kvorum.apiserver.schema.Type;
import dev.kvorum.apiserver.table.PrinterColumn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A definition of a custom resource as the server uses it, made of one that is valid. Immutable, for all threads; made anew
 * when the definition changes.
 */
public final class CrdDefinition {
  private static final List<String> VERBS =
      List.of("delete", "deletecollection", "get", "list", "patch", "create", "update", "watch");
  private static final List<String> TERMINATING_VERBS =
      List.of("delete", "deletecollection", "get", "list", "watch");
  private static final List<String> SUBRESOURCE_VERBS = List.of("get", "patch", "update");
  private static final GroupVersion AUTOSCALING = new GroupVersion("autoscaling", "v1");

  private final JsonNode spec;
  private final JsonNode names;
  private final String name;
  private final boolean established;
  private final boolean terminating;
  private final List<CrdVersion> versions;

  private CrdDefinition(ObjectNode definition) {
    spec = definition.path("spec");
    JsonNode accepted = definition.path("status").path("acceptedNames");
    names = accepted.path("plural").asText("").isEmpty() ? spec.path("names") : accepted;
    name = definition.path("metadata").path("name").asText("");
    established = DefinitionStatus.isEstablished(definition);
    terminating = DefinitionStatus.isTerminating(definition);
    List<CrdVersion> all = new ArrayList<>();
    spec.path("versions").forEach(each -> all.add(version(each)));
    all.sort(Comparator.comparing(CrdVersion::name, VersionOrder.PREFERRED_FIRST));
    versions = List.copyOf(all);
  }

  /** Makes one of a definition in {@code apiextensions.k8s.io/v1}, which stays as it is and is kept. */
  public static CrdDefinition of(ObjectNode definition) {
    return new CrdDefinition(definition);
  }

  private CrdVersion version(JsonNode version) {
    String versionName = version.path("name").asText("");
    JsonNode json = version.path("schema").get("openAPIV3Schema");
    // A stored definition is used as far as it can be read.
    JsonSchema schema =
        json instanceof ObjectNode object ? SchemaReader.read(object, "", new ArrayList<>()) : null;
    JsonNode subresources = version.path("subresources");
    JsonNode scale = subresources.path("scale");
    List<PrinterColumn> columns = new ArrayList<>();
    for (JsonNode each : version.path("additionalPrinterColumns")) {
      columns.add(new PrinterColumn(
          each.path("name").asText(""),
          each.path("type").asText(""),
          each.path("format").asText(""),
          each.path("description").asText(""),
          each.path("priority").asInt(),
          each.path("jsonPath").asText("")));
    }
    List<ObjectPath> selectable = new ArrayList<>();
    version
        .path("selectableFields")
        .forEach(each -> selectable.add(ObjectPath.parse(each.path("jsonPath").asText(""))));
    CustomResource resource = new CustomResource(
        new GroupVersion(group(), versionName).kind(kind()),
        schema,
        spec.path("preserveUnknownFields").asBoolean(false),
        subresources.hasNonNull("status"),
        scale.isObject() ? scale(scale) : null,
        selectable);
    return new CrdVersion(
        versionName,
        version.path("served").asBoolean(false),
        version.path("storage").asBoolean(false),
        warning(version, versionName),
        columns,
        resource);
  }

  private static ScalePaths scale(JsonNode scale) {
    String selector = scale.path("labelSelectorPath").asText("");
    return new ScalePaths(
        ObjectPath.parse(scale.path("specReplicasPath").asText("")),
        ObjectPath.parse(scale.path("statusReplicasPath").asText("")),
        selector.isEmpty() || selector.equals("null") ? null : ObjectPath.parse(selector));
  }

  private @Nullable String warning(JsonNode version, String versionName) {
    if (!version.path("deprecated").asBoolean(false)) {
      return null;
    }
    if (version.hasNonNull("deprecationWarning")) {
      return version.path("deprecationWarning").asText();
    }
    List<String> better = new ArrayList<>();
    for (JsonNode other : spec.path("versions")) {
      String otherName = other.path("name").asText("");
      if (other.path("served").asBoolean(false)
          && !other.path("deprecated").asBoolean(false)
          && VersionOrder.PREFERRED_FIRST.compare(otherName, versionName) < 0) {
        better.add(otherName);
      }
    }
    better.sort(VersionOrder.PREFERRED_FIRST);
    String message = group() + "/" + versionName + " " + kind() + " is deprecated";
    return better.isEmpty()
        ? message
        : message + "; use " + group() + "/" + better.getFirst() + " " + kind();
  }

  /** The definition's own name, as {@code widgets.example.com}. */
  public String name() {
    return name;
  }

  public String group() {
    return spec.path("group").asText("");
  }

  /** As it stands in paths. */
  public String plural() {
    return names.path("plural").asText("");
  }

  public String kind() {
    return names.path("kind").asText("");
  }

  /** Whether its objects are served. */
  public boolean established() {
    return established;
  }

  /** Whether it is being deleted: no objects may be created any more. */
  public boolean terminating() {
    return terminating;
  }

  /** All its versions, the preferred one first. */
  public List<CrdVersion> versions() {
    return versions;
  }

  /** The version of that name, if it is served; null otherwise. */
  public @Nullable CrdVersion served(String version) {
    for (CrdVersion each : versions) {
      if (each.served() && each.name().equals(version)) {
        return each;
      }
    }
    return null;
  }

  /** The one in which objects are stored. */
  public CrdVersion stored() {
    for (CrdVersion each : versions) {
      if (each.stored()) {
        return each;
      }
    }
    throw new IllegalStateException(name + " has no version that is stored");
  }

  /** What it adds to discovery, the preferred version first; nothing before it is established. */
  public List<ApiVersion> apiVersions() {
    List<ApiVersion> served = new ArrayList<>();
    for (CrdVersion version : versions) {
      if (established && version.served()) {
        served.add(new ApiVersion(
            version.resource().kind().groupVersion(), List.of(resourceType(version))));
      }
    }
    return served;
  }

  /** Its resource in one version. */
  public ResourceType resourceType(CrdVersion version) {
    CustomResource resource = version.resource();
    List<Subresource> subresources = new ArrayList<>();
    if (resource.hasStatus()) {
      subresources.add(new Subresource("status", resource.kind(), SUBRESOURCE_VERBS));
    }
    if (resource.scale() != null) {
      subresources.add(new Subresource("scale", AUTOSCALING.kind("Scale"), SUBRESOURCE_VERBS));
    }
    return new ResourceType(
        resource.kind().groupVersion(),
        plural(),
        names.path("singular").asText(""),
        resource.kind(),
        names.path("listKind").asText(""),
        spec.path("scope").asText("").equals("Namespaced"),
        terminating ? TERMINATING_VERBS : VERBS,
        strings("shortNames"),
        strings("categories"),
        subresources,
        stored().resource().kind().groupVersion());
  }

  private List<String> strings(String field) {
    List<String> strings = new ArrayList<>();
    names.path(field).forEach(each -> strings.add(each.asText()));
    return strings;
  }

  /** The versions for server-side apply. */
  public Versions applyVersions() {
    return new Versions() {
      @Override
      public boolean isServed(String apiVersion) {
        return version(apiVersion) != null;
      }

      @Override
      public @Nullable Type type(String apiVersion) {
        CrdVersion version = version(apiVersion);
        return version == null ? null : version.resource().type();
      }

      private @Nullable CrdVersion version(String apiVersion) {
        GroupVersion wanted = GroupVersion.parse(apiVersion);
        return wanted.group().equals(group()) ? served(wanted.version()) : null;
      }
    };
  }
}
