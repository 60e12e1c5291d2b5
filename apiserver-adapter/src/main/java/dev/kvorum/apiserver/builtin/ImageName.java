package dev.kvorum.apiserver.builtin;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of container images. */
final class ImageName {
  private static final int MAX_NAME = 255;
  /** More than the longest name, tag and digest. */
  private static final int MAX_LENGTH = 1024;

  private static final String DOMAIN_PART = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
  private static final String DOMAIN =
      "(?:" + DOMAIN_PART + "(?:\\." + DOMAIN_PART + ")*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?";
  private static final String PATH_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
  private static final Pattern REFERENCE = Pattern.compile(
      "(" + DOMAIN + "/" + PATH_PART + "(?:/" + PATH_PART + ")*)(?::([\\w][\\w.-]{0,127}))?"
          + "(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*):([0-9a-fA-F]{32,}))?");
  private static final Pattern BARE_DIGEST = Pattern.compile("[a-f0-9]{64}");

  private ImageName() {}

  /** Whether an image is the latest of its name: it says so, or has neither tag nor digest. */
  static boolean isLatest(String image) {
    if (image.length() > MAX_LENGTH || BARE_DIGEST.matcher(image).matches()) {
      return false;
    }
    int slash = image.indexOf('/');
    String first = slash < 0 ? "" : image.substring(0, slash);
    boolean domain = slash >= 0
        && (first.indexOf('.') >= 0
            || first.indexOf(':') >= 0
            || first.equals("localhost")
            || !first.toLowerCase(Locale.ROOT).equals(first));
    String rest = domain ? image.substring(slash + 1) : image;
    String host = domain ? first : "docker.io";
    if (host.equals("index.docker.io")) {
      host = "docker.io";
    }
    if (host.equals("docker.io") && rest.indexOf('/') < 0) {
      rest = "library/" + rest;
    }
    Matcher matcher = REFERENCE.matcher(host + "/" + rest);
    if (!matcher.matches() || matcher.group(1).length() > MAX_NAME) {
      return false;
    }
    String tag = matcher.group(2);
    String algorithm = matcher.group(3);
    if (algorithm != null && !isDigest(algorithm, matcher.group(4))) {
      return false;
    }
    return tag == null ? algorithm == null : tag.equals("latest");
  }

  private static boolean isDigest(String algorithm, String hex) {
    int length = switch (algorithm) {
      case "sha256" -> 64;
      case "sha384" -> 96;
      case "sha512" -> 128;
      default -> -1;
    };
    return hex.length() == length && hex.equals(hex.toLowerCase(Locale.ROOT));
  }
}
