package dev.kvorum.apiserver.server;

import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.schema.GroupVersion;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request is about, by its method and path (Kubernetes API, "Resource URIs").
 *
 * @param verb {@code get}, {@code list}, {@code watch}, ...; of what is no resource, the method in lower case
 * @param path decoded
 * @param version null if the path names none
 * @param namespace empty if the path names none
 * @param resource empty if the path names none
 * @param name empty if the path names none
 * @param subresource empty if the path names none
 * @param rest what comes after the subresource, slashes included
 */
record RequestInfo(
    String verb,
    String path,
    @Nullable GroupVersion version,
    String namespace,
    String resource,
    String name,
    String subresource,
    List<String> rest) {

  /** Whether it is about objects. */
  boolean isResource() {
    return version != null && !resource.isEmpty();
  }

  static RequestInfo of(HttpRequest request) {
    String path = decode(request.path());
    List<String> parts = segments(path);
    String method = request.method().toLowerCase(Locale.ROOT);
    boolean core = !parts.isEmpty() && parts.getFirst().equals("api");
    boolean named = !parts.isEmpty() && parts.getFirst().equals("apis");
    int begin = core ? 2 : 3; // after the version
    if ((!core && !named) || parts.size() <= begin || parts.contains("")) {
      return new RequestInfo(method, path, null, "", "", "", "", List.of());
    }
    GroupVersion version =
        core ? new GroupVersion("", parts.get(1)) : new GroupVersion(parts.get(1), parts.get(2));
    List<String> left = new ArrayList<>(parts.subList(begin, parts.size()));
    boolean watches = left.size() > 1 && left.getFirst().equals("watch");
    if (watches) {
      left.removeFirst();
    }
    String namespace = "";
    if (left.getFirst().equals("namespaces") && left.size() > 1) {
      namespace = left.get(1);
      boolean itself =
          left.size() > 2 && (left.get(2).equals("status") || left.get(2).equals("finalize"));
      if (left.size() > 2 && !itself) {
        left = left.subList(2, left.size());
      } else {
        namespace = ""; // the namespace is the object
      }
    }
    String name = left.size() > 1 ? left.get(1) : "";
    String verb = verb(request, method, name, watches);
    return new RequestInfo(
        verb,
        path,
        version,
        namespace,
        left.getFirst(),
        name,
        left.size() > 2 ? left.get(2) : "",
        left.size() > 3 ? List.copyOf(left.subList(3, left.size())) : List.of());
  }

  private static String verb(HttpRequest request, String method, String name, boolean watches) {
    return switch (method) {
      case "post" -> "create";
      case "put" -> "update";
      case "patch" -> "patch";
      case "delete" -> name.isEmpty() ? "deletecollection" : "delete";
      case "get", "head" ->
        watches
            ? "watch"
            : !name.isEmpty() ? "get" : isTrue(request.query().first("watch")) ? "watch" : "list";
      default -> "";
    };
  }

  /** Whether a parameter of this kind is set: anything but a clear no is a yes. */
  static boolean isTrue(@Nullable String value) {
    return value != null && !value.equals("false") && !value.equals("0");
  }

  /** The parts of a path; a slash at its end is none. */
  private static List<String> segments(String path) {
    String trimmed = path.startsWith("/") ? path.substring(1) : path;
    if (trimmed.endsWith("/")) {
      trimmed = trimmed.substring(0, trimmed.length() - 1);
    }
    return trimmed.isEmpty() ? List.of() : List.of(trimmed.split("/", -1));
  }

  private static String decode(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path; // names nothing that there is
    }
  }
}
