package dev.kvorum.apiserver.openapi;

import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.ResourceType;
import java.util.ArrayList;
import java.util.List;

/** The operations on a custom resource. */
final class CustomPaths {
  private static final String META = BuiltInPaths.META;
  private static final String SCALE = "io.k8s.api.autoscaling.v1.Scale";
  private static final List<Parameter> READING =
      List.of(Parameter.query("resourceVersion", "string"));

  private final Paths paths;
  private final GroupVersion version;
  private final ResourceType resource;
  private final String collection;
  private final List<Parameter> place;
  private final String definition;
  private final String listDefinition;

  private CustomPaths(Paths paths, ResourceType resource) {
    this.paths = paths;
    this.version = resource.groupVersion();
    this.resource = resource;
    this.collection = "/"
        + Names.path(version)
        + (resource.namespaced() ? "/namespaces/{namespace}/" : "/")
        + resource.name();
    this.place = resource.namespaced()
        ? List.of(Parameter.NAMESPACE, Parameter.PRETTY)
        : List.of(Parameter.PRETTY);
    this.definition = Names.definition(resource.kind());
    this.listDefinition = Names.definition(version.kind(resource.listKind()));
  }

  static void add(Paths paths, ResourceType resource) {
    CustomPaths of = new CustomPaths(paths, resource);
    of.collection();
    of.item("/{name}", "", of.definition);
    of.delete();
    if (resource.subresource("status") != null) {
      of.item("/{name}/status", "Status", of.definition);
    }
    if (resource.subresource("scale") != null) {
      of.item("/{name}/scale", "Scale", SCALE);
    }
  }

  private Operation operation(String verb, String action, String object, List<Parameter> options) {
    return new Operation(Names.operation(verb, version, object), Names.tag(version))
        .action(action, resource.kind())
        .parameters(options);
  }

  private String object(String before, String after) {
    return before
        + (resource.namespaced() ? "Namespaced" : "")
        + resource.kind().kind()
        + after;
  }

  private void collection() {
    if (resource.namespaced()) {
      String everywhere = resource.kind().kind() + "ForAllNamespaces";
      paths.add(
          "/" + Names.path(version) + "/" + resource.name(),
          "get",
          operation("list", "list", everywhere, Parameter.LISTING)
              .parameters(List.of(Parameter.PRETTY))
              .answers(listDefinition, MediaTypes.CUSTOM_OBJECT, "200"));
    }
    paths.add(
        collection,
        "get",
        operation("list", "list", object("", ""), Parameter.LISTING)
            .parameters(place)
            .answers(listDefinition, MediaTypes.CUSTOM_OBJECT, "200"));
    paths.add(
        collection,
        "post",
        operation("create", "post", object("", ""), Parameter.WRITING)
            .parameters(place)
            .takes(definition, MediaTypes.CUSTOM_OBJECT, true)
            .answers(definition, MediaTypes.CUSTOM_OBJECT, "200", "201", "202"));
    paths.add(
        collection,
        "delete",
        operation("delete", "deletecollection", object("Collection", ""), Parameter.LISTING)
            .parameters(place)
            .answers(META + "Status", MediaTypes.CUSTOM_OBJECT, "200"));
  }

  private List<Parameter> named() {
    List<Parameter> named = new ArrayList<>(place);
    named.add(Parameter.NAME);
    return named;
  }

  private void delete() {
    paths.add(
        collection + "/{name}",
        "delete",
        operation("delete", "delete", object("", ""), Parameter.DELETING)
            .parameters(named())
            .takes(META + "DeleteOptions", MediaTypes.CUSTOM_OBJECT, false)
            .answers(META + "Status", MediaTypes.CUSTOM_OBJECT, "200", "202"));
  }

  private void item(String below, String suffix, String content) {
    paths.add(
        collection + below,
        "get",
        operation("read", "get", object("", suffix), READING)
            .parameters(named())
            .answers(content, MediaTypes.CUSTOM_OBJECT, "200"));
    paths.add(
        collection + below,
        "put",
        operation("replace", "put", object("", suffix), Parameter.WRITING)
            .parameters(named())
            .takes(content, MediaTypes.CUSTOM_OBJECT, true)
            .answers(content, MediaTypes.CUSTOM_OBJECT, "200", "201"));
    paths.add(
        collection + below,
        "patch",
        operation("patch", "patch", object("", suffix), Parameter.PATCHING)
            .parameters(named())
            .takes(META + "Patch", MediaTypes.CUSTOM_PATCH, true)
            .answers(content, MediaTypes.CUSTOM_OBJECT, "200"));
  }
}
