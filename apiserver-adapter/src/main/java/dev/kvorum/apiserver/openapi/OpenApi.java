package dev.kvorum.apiserver.openapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.schema.ApiGroup;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.ResourceTypes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The OpenAPI documents of a server at one moment. Each is made when it, or the index, is first asked for. Immutable, for
 * all threads.
 *
 * <p>Every group version has its own, so that a client reads what it needs: {@link #index} says which there are, {@link
 * #find} has them. Of OpenAPI 2 there is one with everything, for clients of old: {@link #swagger}.
 */
public final class OpenApi {
  private record CustomPage(List<CustomSchema> resources, Page page) {}

  private final Map<String, Page> builtIn;
  private final Map<GroupVersion, CustomPage> custom;
  private final Map<String, Page> pages;
  private final Page index = new Page(this::makeIndex);
  private final Page swagger = new Page(this::makeSwagger);

  private OpenApi(Map<String, Page> builtIn, Map<GroupVersion, CustomPage> custom) {
    this.builtIn = builtIn;
    this.custom = custom;
    this.pages = new TreeMap<>(builtIn);
    custom.forEach((version, page) -> pages.put(Names.path(version), page.page()));
  }

  /** Those of built-in resources, and of the paths that tell of them. */
  public static OpenApi of(ResourceTypes resources) {
    Map<String, Page> pages = new HashMap<>();
    pages.put("api", new Page(() -> Documents.discovery(DiscoveryPaths.core())));
    pages.put("apis", new Page(() -> Documents.discovery(DiscoveryPaths.groups())));
    pages.put("version", new Page(() -> Documents.discovery(DiscoveryPaths.version())));
    for (ApiGroup group : resources.groups()) {
      if (!group.name().isEmpty()) {
        pages.put(
            "apis/" + group.name(),
            new Page(() -> Documents.discovery(DiscoveryPaths.group(group.name()))));
      }
      for (ApiVersion version : group.versions()) {
        pages.put(Names.path(version.groupVersion()), new Page(() -> Documents.builtIn(version)));
      }
    }
    return new OpenApi(pages, Map.of());
  }

  /**
   * The same with these custom resources instead of those that it has. What did not change is not made again.
   *
   * @param resources all of them, in every version that is served; none in a group version with built-in resources
   */
  public OpenApi withCustom(List<CustomSchema> resources) {
    Map<GroupVersion, List<CustomSchema>> byVersion = new HashMap<>();
    for (CustomSchema resource : resources) {
      byVersion
          .computeIfAbsent(resource.resource().groupVersion(), unused -> new ArrayList<>())
          .add(resource);
    }
    Map<GroupVersion, CustomPage> made = new HashMap<>();
    byVersion.forEach((version, all) -> {
      CustomPage known = custom.get(version);
      made.put(
          version,
          known != null && known.resources().equals(all)
              ? known
              : new CustomPage(all, new Page(() -> Documents.custom(version, all))));
    });
    return new OpenApi(builtIn, made);
  }

  /** {@code /openapi/v3}: which documents there are, and where. */
  public OpenApiDocument index() {
    return index.document();
  }

  /**
   * {@code /openapi/v3/<path>}; null if there is none.
   *
   * @param path without a slash at either end, as {@code apis/apps/v1}
   */
  public @Nullable OpenApiDocument find(String path) {
    Page page = pages.get(path);
    return page == null ? null : page.document();
  }

  /** {@code /openapi/v2}, in JSON: all of them in one. */
  public OpenApiDocument swagger() {
    return swagger.document();
  }

  private ObjectNode makeIndex() {
    ObjectNode document = Nodes.object();
    ObjectNode paths = document.putObject("paths");
    pages.forEach((path, page) -> paths
        .putObject(path)
        .put(
            "serverRelativeURL",
            "/openapi/v3/" + path + "?hash=" + page.document().hash()));
    return document;
  }

  private ObjectNode makeSwagger() {
    return Swagger.of(pages.values().stream().map(Page::tree).toList());
  }
}
