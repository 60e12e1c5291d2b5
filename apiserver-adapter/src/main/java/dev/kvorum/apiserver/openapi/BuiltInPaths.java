package dev.kvorum.apiserver.openapi;

import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.BuiltInTypes;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.schema.Subresource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The operations on the built-in resources of one version. */
final class BuiltInPaths {
  static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

  /** Deleting one of these answers with what was deleted. */
  private static final Set<String> ANSWER_WITH_THE_DELETED = Set.of(
      "/persistentvolumeclaims",
      "/persistentvolumes",
      "/pods",
      "/podtemplates",
      "/resourcequotas",
      "/serviceaccounts",
      "/services",
      "resource.k8s.io/deviceclasses",
      "resource.k8s.io/devicetaintrules",
      "resource.k8s.io/resourceclaims",
      "resource.k8s.io/resourceclaimtemplates",
      "resource.k8s.io/resourcepoolstatusrequests",
      "resource.k8s.io/resourceslices",
      "storage.k8s.io/csidrivers",
      "storage.k8s.io/csinodes",
      "storage.k8s.io/storageclasses",
      "storage.k8s.io/volumeattachments",
      "storage.k8s.io/volumeattributesclasses");

  private final Paths paths;
  private final GroupVersion version;
  private final ResourceType resource;

  /** Where the resource's collection is; for a namespaced one, in a namespace. */
  private final String collection;

  private final List<Parameter> scope;

  private BuiltInPaths(Paths paths, ResourceType resource) {
    this.paths = paths;
    this.version = resource.groupVersion();
    this.resource = resource;
    this.collection = "/" + Names.path(version) + "/" + inScope();
    this.scope = resource.namespaced() ? List.of(Parameter.NAMESPACE) : List.of();
  }

  static Paths of(ApiVersion version) {
    Paths paths = new Paths();
    DiscoveryPaths.addVersion(paths, version.groupVersion());
    version.resources().forEach(resource -> new BuiltInPaths(paths, resource).add());
    return paths;
  }

  private String inScope() {
    return resource.namespaced() ? "namespaces/{namespace}/" + resource.name() : resource.name();
  }

  private void add() {
    for (String verb : resource.verbs()) {
      switch (verb) {
        case "list" -> list();
        case "watch" -> watch();
        case "create" -> create(collection, "", scope, resource.kind());
        case "deletecollection" -> deleteCollection();
        case "get" -> get(collection + "/{name}", "", resource.kind());
        case "update" -> update(collection + "/{name}", "", resource.kind());
        case "patch" -> patch(collection + "/{name}", "", resource.kind());
        case "delete" -> delete();
        default -> throw new IllegalArgumentException(verb);
      }
    }
    resource.subresources().forEach(this::subresource);
  }

  private Operation operation(String verb, String suffix, String action, GroupVersionKind kind) {
    String object =
        (resource.namespaced() ? "Namespaced" : "") + resource.kind().kind() + suffix;
    return operation(verb, object).action(action, kind);
  }

  private Operation operation(String verb, String object) {
    return new Operation(Names.operation(verb, version, object), Names.tag(version));
  }

  private static String definition(GroupVersionKind kind) {
    ObjectType type = BuiltInTypes.get().find(kind);
    if (type == null) {
      throw new IllegalArgumentException("the kind " + kind + " has no type");
    }
    return type.definition();
  }

  private String listDefinition() {
    return definition(version.kind(resource.listKind()));
  }

  private List<Parameter> item() {
    List<Parameter> parameters = new ArrayList<>(scope);
    parameters.add(Parameter.NAME);
    return parameters;
  }

  private void list() {
    paths.add(collection, "get", list(operation("list", "", "list", resource.kind()), scope));
    if (resource.namespaced()) {
      Operation everywhere = operation("list", resource.kind().kind() + "ForAllNamespaces")
          .action("list", resource.kind());
      paths.add(
          "/" + Names.path(version) + "/" + resource.name(), "get", list(everywhere, List.of()));
    }
  }

  private Operation list(Operation operation, List<Parameter> place) {
    return operation
        .parameters(Parameter.LISTING)
        .parameters(place)
        .parameters(List.of(Parameter.PRETTY))
        .answers(listDefinition(), MediaTypes.STREAM, "200");
  }

  /** The older paths for watches. */
  private void watch() {
    String root = "/" + Names.path(version) + "/watch/";
    String kind = resource.kind().kind();
    paths.add(
        root + inScope(),
        "get",
        watch(operation("watch", "List", "watchlist", resource.kind()), scope));
    paths.add(
        root + inScope() + "/{name}",
        "get",
        watch(operation("watch", "", "watch", resource.kind()), item()));
    if (resource.namespaced()) {
      Operation everywhere =
          operation("watch", kind + "ListForAllNamespaces").action("watchlist", resource.kind());
      paths.add(root + resource.name(), "get", watch(everywhere, List.of()));
    }
  }

  private static Operation watch(Operation operation, List<Parameter> place) {
    return operation
        .parameters(Parameter.LISTING)
        .parameters(place)
        .parameters(List.of(Parameter.PRETTY))
        .answers(META + "WatchEvent", MediaTypes.STREAM, "200");
  }

  private void create(String path, String suffix, List<Parameter> place, GroupVersionKind kind) {
    Operation operation = operation("create", suffix, "post", kind)
        .parameters(Parameter.WRITING)
        .parameters(place)
        .parameters(List.of(Parameter.PRETTY))
        .takes(definition(kind), MediaTypes.ANY, true)
        .answers(definition(kind), MediaTypes.OBJECT, "200", "201", "202");
    paths.add(path, "post", operation);
  }

  private void get(String path, String suffix, GroupVersionKind kind) {
    Operation operation = operation("read", suffix, "get", kind)
        .parameters(item())
        .parameters(List.of(Parameter.PRETTY))
        .answers(definition(kind), MediaTypes.OBJECT, "200");
    paths.add(path, "get", operation);
  }

  private void update(String path, String suffix, GroupVersionKind kind) {
    Operation operation = operation("replace", suffix, "put", kind)
        .parameters(Parameter.WRITING)
        .parameters(item())
        .parameters(List.of(Parameter.PRETTY))
        .takes(definition(kind), MediaTypes.ANY, true)
        .answers(definition(kind), MediaTypes.OBJECT, "200", "201");
    paths.add(path, "put", operation);
  }

  private void patch(String path, String suffix, GroupVersionKind kind) {
    Operation operation = operation("patch", suffix, "patch", kind)
        .parameters(Parameter.PATCHING)
        .parameters(item())
        .parameters(List.of(Parameter.PRETTY))
        .takes(META + "Patch", MediaTypes.PATCH, true)
        .answers(definition(kind), MediaTypes.OBJECT, "200", "201");
    paths.add(path, "patch", operation);
  }

  private void delete() {
    String answer = ANSWER_WITH_THE_DELETED.contains(version.group() + "/" + resource.name())
        ? definition(resource.kind())
        : META + "Status";
    Operation operation = operation("delete", "", "delete", resource.kind())
        .parameters(Parameter.DELETING)
        .parameters(item())
        .parameters(List.of(Parameter.PRETTY))
        .takes(META + "DeleteOptions", MediaTypes.ANY, false)
        .answers(answer, MediaTypes.OBJECT, "200", "202");
    paths.add(collection + "/{name}", "delete", operation);
  }

  private void deleteCollection() {
    String object = "Collection"
        + (resource.namespaced() ? "Namespaced" : "")
        + resource.kind().kind();
    Operation operation = operation("delete", object)
        .action("deletecollection", resource.kind())
        .parameters(Parameter.SELECTING)
        .parameters(Parameter.DELETING)
        .parameters(scope)
        .parameters(List.of(Parameter.PRETTY))
        .takes(META + "DeleteOptions", MediaTypes.ANY, false)
        .answers(META + "Status", MediaTypes.OBJECT, "200");
    paths.add(collection, "delete", operation);
  }

  private void subresource(Subresource subresource) {
    String path = collection + "/{name}/" + subresource.name();
    String suffix = Names.capital(subresource.name());
    if (Connections.isOne(subresource)) {
      connect(subresource, path, suffix);
      return;
    }
    for (String verb : subresource.verbs()) {
      switch (verb) {
        case "get" -> {
          if (subresource.name().equals("log")) {
            log(path);
          } else {
            get(path, suffix, subresource.kind());
          }
        }
        case "update" -> update(path, suffix, subresource.kind());
        case "patch" -> patch(path, suffix, subresource.kind());
        case "create" -> create(path, suffix, item(), subresource.kind());
        default -> throw new IllegalArgumentException(verb);
      }
    }
  }

  private void log(String path) {
    Operation operation = operation("read", "Log", "get", resource.kind())
        .parameters(item())
        .parameters(Connections.LOG)
        .parameters(List.of(Parameter.PRETTY))
        .answers(null, MediaTypes.LOG, "200");
    paths.add(path, "get", operation);
  }

  private void connect(Subresource subresource, String path, String suffix) {
    for (String method : Connections.methods(subresource)) {
      String verb = "connect";
      String object =
          (resource.namespaced() ? "Namespaced" : "") + resource.kind().kind() + suffix;
      String named = Names.capital(method) + object;
      paths.add(path, method, connection(verb, named, subresource).parameters(item()));
      if (subresource.name().equals("proxy")) {
        paths.add(
            path + "/{path}",
            method,
            connection(verb, named + "WithPath", subresource)
                .parameters(item())
                .parameters(List.of(Parameter.path("path"))));
      }
    }
  }

  private Operation connection(String verb, String object, Subresource subresource) {
    return operation(verb, object)
        .action("connect", subresource.kind())
        .parameters(Connections.parameters(subresource))
        .answers(null, MediaTypes.ANY, "200");
  }
}
