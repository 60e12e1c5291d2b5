package dev.kvorum.grpc.http;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Which page is at which path. */
public final class Pages {
  private final Map<String, Page> byPath = new TreeMap<>();
  private final Map<String, Page> byPrefix = new TreeMap<>();

  /** Puts a page at exactly {@code path}. */
  public Pages at(String path, Page page) {
    byPath.put(path, page);
    return this;
  }

  /** Puts a page at {@code path} and everything below it. */
  public Pages below(String path, Page page) {
    byPath.put(path, page);
    byPrefix.put(path + "/", page);
    return this;
  }

  @Nullable
  Page find(String path) {
    Page exact = byPath.get(path);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, Page> entry : byPrefix.entrySet()) {
      if (path.startsWith(entry.getKey())) {
        return entry.getValue();
      }
    }
    return null;
  }
}
