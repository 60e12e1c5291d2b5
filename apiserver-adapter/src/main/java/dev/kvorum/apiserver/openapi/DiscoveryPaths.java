package dev.kvorum.apiserver.openapi;

import dev.kvorum.apiserver.schema.GroupVersion;

/** The paths that tell of groups, versions and of the server itself. */
final class DiscoveryPaths {
  private DiscoveryPaths() {}

  /** The resources of a version. */
  static void addVersion(Paths paths, GroupVersion version) {
    Operation operation = new Operation(
            Names.operation("get", version, "APIResources"), Names.tag(version))
        .answers(BuiltInPaths.META + "APIResourceList", MediaTypes.OBJECT, "200");
    paths.add("/" + Names.path(version) + "/", "get", operation);
  }

  /** The versions of a group. */
  static Paths group(String group) {
    String word = Names.group(group);
    return single(
        "/apis/" + group + "/",
        new Operation("get" + Names.capital(word) + "APIGroup", word)
            .answers(BuiltInPaths.META + "APIGroup", MediaTypes.OBJECT, "200"));
  }

  static Paths groups() {
    return single(
        "/apis/",
        new Operation("getAPIVersions", "apis")
            .answers(BuiltInPaths.META + "APIGroupList", MediaTypes.OBJECT, "200"));
  }

  static Paths core() {
    return single(
        "/api/",
        new Operation("getCoreAPIVersions", "core")
            .answers(BuiltInPaths.META + "APIVersions", MediaTypes.OBJECT, "200"));
  }

  static Paths version() {
    return single(
        "/version/",
        new Operation("getCodeVersion", "version")
            .answers("io.k8s.apimachinery.pkg.version.Info", MediaTypes.JSON_ONLY, "200"));
  }

  private static Paths single(String path, Operation operation) {
    Paths paths = new Paths();
    paths.add(path, "get", operation);
    return paths;
  }
}
