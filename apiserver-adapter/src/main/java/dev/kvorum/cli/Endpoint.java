package dev.kvorum.cli;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * A URL that something listens on or is reached at: {@code http://host:port} or {@code https://host:port}, and nothing
 * more.
 *
 * @param url as the operator wrote it
 * @param secure whether it is https
 * @param host a name or an address, without brackets
 * @param port 1 to 65535
 */
record Endpoint(String url, boolean secure, String host, int port) {
  /**
   * Reads a URL.
   *
   * @param flag the flag it came from, for the message
   * @throws UsageException if it is none
   */
  static Endpoint parse(String flag, String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException malformed) {
      throw new UsageException(
          "--" + flag + ": '" + url + "' is not a URL: " + malformed.getReason());
    }
    String scheme = uri.getScheme();
    if (scheme == null || uri.getRawAuthority() == null) {
      throw new UsageException(
          "--" + flag + ": '" + url + "' is not a URL of the form http://host:port");
    }
    if (scheme.equals("unix") || scheme.equals("unixs")) {
      throw new UsageException(
          "--" + flag + ": '" + url + "': sockets in the file system are not supported");
    }
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw new UsageException(
          "--" + flag + ": '" + url + "': URL scheme must be http or https, not " + scheme);
    }
    if (uri.getHost() == null || uri.getPort() < 1 || uri.getPort() > 65535) {
      throw new UsageException(
          "--" + flag + ": '" + url + "' needs a host and a port between 1 and 65535");
    }
    if (!uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/")) {
      throw new UsageException("--" + flag + ": '" + url + "' must not have a path");
    }
    String host = uri.getHost();
    return new Endpoint(
        url,
        scheme.equals("https"),
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        uri.getPort());
  }

  /** The address to bind or to connect to; resolves the name now. */
  InetSocketAddress address() {
    return new InetSocketAddress(host, port);
  }

  /** {@code host:port}, with brackets where an IPv6 address needs them. */
  String hostAndPort() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
