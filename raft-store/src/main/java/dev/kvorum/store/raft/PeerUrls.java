package dev.kvorum.store.raft;

import dev.kvorum.store.StoreException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What peer URLs may look like, by etcd's rules. */
final class PeerUrls {
  private static final int MOST_URLS = 32;
  private static final int LONGEST_URL = 2048;
  private static final Set<String> SCHEMES = Set.of("http", "https");

  private PeerUrls() {}

  /**
   * The URLs as they are kept: trimmed and sorted.
   *
   * @throws StoreException {@code MEMBER_URLS_INVALID} if there is none, or one that nobody could connect to
   */
  static List<String> checked(List<String> urls) {
    if (urls.isEmpty() || urls.size() > MOST_URLS) {
      throw StoreException.of(StoreException.Kind.MEMBER_URLS_INVALID);
    }
    List<String> checked = new ArrayList<>();
    for (String url : urls) {
      URI uri = parse(url.strip());
      if (uri == null || !isPeerUrl(uri)) {
        throw StoreException.of(StoreException.Kind.MEMBER_URLS_INVALID);
      }
      checked.add(uri.toString());
    }
    checked.sort(null);
    return List.copyOf(checked);
  }

  /** Where to connect to for the first of {@code urls} that says so. */
  static Optional<RaftConfig.HostPort> address(List<String> urls) {
    for (String url : urls) {
      URI uri = parse(url);
      if (uri != null && uri.getHost() != null && uri.getPort() > 0) {
        return Optional.of(new RaftConfig.HostPort(uri.getHost(), uri.getPort()));
      }
    }
    return Optional.empty();
  }

  private static boolean isPeerUrl(URI uri) {
    return uri.getScheme() != null
        && SCHEMES.contains(uri.getScheme())
        && uri.getHost() != null
        && uri.getPort() >= 0
        && uri.getPort() <= 0xffff
        && uri.getRawPath().isEmpty();
  }

  private static @Nullable URI parse(String url) {
    try {
      return url.length() > LONGEST_URL ? null : new URI(url);
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
