package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.http.HttpFields;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.openapi.OpenApi;
import dev.kvorum.apiserver.openapi.OpenApiDocument;
import dev.kvorum.apiserver.schema.ApiGroup;
import dev.kvorum.apiserver.schema.ApiVersion;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What the server says of itself: its version, whether it is well, what there is to ask for. For all threads. */
final class ServerPages {
  /** The release of Kubernetes whose API this is. */
  static final String MAJOR = "1";

  static final String MINOR = "36";
  private static final String RELEASE = "v1.36.3";

  private final Supplier<OpenApi> openApi;
  private final Supplier<List<ApiGroup>> groups;
  private final BooleanSupplier storeAnswers;
  private final Answers answers;
  private final String build;

  /**
   * Makes them.
   *
   * @param storeAnswers whether the store does; waits for it
   * @param build of this program
   */
  ServerPages(
      Supplier<OpenApi> openApi,
      Supplier<List<ApiGroup>> groups,
      BooleanSupplier storeAnswers,
      Answers answers,
      String build) {
    this.openApi = openApi;
    this.groups = groups;
    this.storeAnswers = storeAnswers;
    this.answers = answers;
    this.build = build;
  }

  /** The page at a path; of what there is none, that there is none. */
  HttpResponse find(HttpRequest request, String path) {
    boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
    if (path.startsWith("/apis/") || path.startsWith("/api/")) {
      String group = path.startsWith("/api/") ? "" : path.split("/", -1)[2];
      if (groups.get().stream().anyMatch(each -> each.name().equals(group))) {
        throw new StatusException(Status.noSuchPath());
      }
      return ApiHandler.notFound();
    }
    if (path.equals("/version") || path.equals("/version/")) {
      return reads ? answers.document(version(), request) : ApiHandler.notFound();
    }
    for (String check : List.of("healthz", "livez", "readyz")) {
      if (path.equals("/" + check) || path.startsWith("/" + check + "/")) {
        return health(request, check, path.substring(check.length() + 1));
      }
    }
    if (path.equals("/openapi/v2")) {
      return swagger(request);
    }
    if (path.equals("/openapi/v3") || path.equals("/openapi/v3/")) {
      return document(openApi.get().index(), request, false);
    }
    if (path.startsWith("/openapi/v3/")) {
      OpenApiDocument document = openApi.get().find(path.substring("/openapi/v3/".length()));
      return document == null ? ApiHandler.notFound() : document(document, request, true);
    }
    return path.equals("/") ? answers.document(index(), request) : ApiHandler.notFound();
  }

  private ObjectNode version() {
    ObjectNode version = JsonNodeFactory.instance.objectNode();
    version.put("major", MAJOR);
    version.put("minor", MINOR);
    version.put("emulationMajor", MAJOR);
    version.put("emulationMinor", MINOR);
    version.put("minCompatibilityMajor", MAJOR);
    version.put("minCompatibilityMinor", "35");
    version.put("gitVersion", RELEASE + "+kvorum-" + build);
    version.put("gitCommit", "");
    version.put("gitTreeState", "clean");
    version.put("buildDate", "1970-01-01T00:00:00Z");
    version.put("goVersion", "");
    version.put("compiler", "javac");
    version.put("platform", "java/" + Runtime.version().feature());
    return version;
  }

  private HttpResponse health(HttpRequest request, String check, String rest) {
    String name = rest.startsWith("/") ? rest.substring(1) : "";
    if (!name.isEmpty() && !name.equals("ping") && !name.equals("etcd")) {
      return ApiHandler.notFound();
    }
    boolean asksStore = !name.equals("ping")
        && !(name.isEmpty() && request.query().all("exclude").contains("etcd"));
    boolean well = !asksStore || storeAnswers.getAsBoolean();
    boolean verbose = request.query().has("verbose");
    if (well && !verbose) {
      return HttpResponse.text(200, "ok");
    }
    StringBuilder text = new StringBuilder("[+]ping ok\n");
    text.append(well ? "[+]etcd ok\n" : "[-]etcd failed: reason withheld\n");
    text.append(check).append(well ? " check passed\n" : " check failed\n");
    return HttpResponse.text(well ? 200 : 500, text.toString());
  }

  /** In JSON only: whoever asks for nothing but protobuf is older than what is served. */
  private HttpResponse swagger(HttpRequest request) {
    String accepted = String.join(",", request.headers().all("Accept"));
    boolean json = accepted.isEmpty()
        || accepted.contains("application/json")
        || accepted.contains("*/*")
        || accepted.contains("application/*");
    if (!json) {
      throw new StatusException(Status.notAcceptable(List.of("application/json")));
    }
    return document(openApi.get().swagger(), request, false);
  }

  private static HttpResponse document(
      OpenApiDocument document, HttpRequest request, boolean lasting) {
    String tag = "\"" + document.hash() + "\"";
    HttpFields.Builder headers = HttpFields.builder()
        .add("Content-Type", "application/json")
        .add("ETag", tag)
        .add("Vary", "Accept");
    if (lasting && document.hash().equals(request.query().first("hash"))) {
      headers.add("Cache-Control", "public, immutable");
    } else {
      headers.add("Cache-Control", "no-cache, private");
    }
    return tag.equals(request.headers().first("If-None-Match"))
        ? new HttpResponse(304, headers.build(), new byte[0])
        : new HttpResponse(200, headers.build(), document.json());
  }

  private ObjectNode index() {
    TreeSet<String> paths = new TreeSet<>(List.of(
        "/api",
        "/apis",
        "/healthz",
        "/livez",
        "/readyz",
        "/openapi/v2",
        "/openapi/v3",
        "/version"));
    for (ApiGroup group : groups.get()) {
      String base = group.name().isEmpty() ? "/api" : "/apis/" + group.name();
      paths.add(base);
      for (ApiVersion version : group.versions()) {
        paths.add(base + "/" + version.groupVersion().version());
      }
    }
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    ArrayNode list = index.putArray("paths");
    paths.forEach(list::add);
    return index;
  }
}
