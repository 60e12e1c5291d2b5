package dev.kvorum.grpc.http;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is at which path. Complete before the first request. */
public final class Pages {
  private final Map<String, Route> byPath = new TreeMap<>();
  private final Map<String, Route> byPrefix = new TreeMap<>();
  private AccessRules access = AccessRules.OPEN;

  /** Puts a page at exactly {@code path}. */
  public Pages at(String path, Page page) {
    byPath.put(path, page);
    return this;
  }

  /** Puts a page at {@code path} and everything below it. */
  public Pages below(String path, Page page) {
    byPath.put(path, page);
    return routeBelow(path + "/", page);
  }

  /** Puts a route below {@code prefix}, which ends with a slash. */
  public Pages routeBelow(String prefix, Route route) {
    byPrefix.put(prefix, route);
    return this;
  }

  /** Lets in only whom {@code rules} let in. */
  public Pages guardedBy(AccessRules rules) {
    access = rules;
    return this;
  }

  AccessRules access() {
    return access;
  }

  @Nullable
  Route find(String path) {
    Route exact = byPath.get(path);
    if (exact != null) {
      return exact;
    }
    for (Map.Entry<String, Route> entry : byPrefix.entrySet()) {
      if (path.startsWith(entry.getKey())) {
        return entry.getValue();
      }
    }
    return null;
  }
}
