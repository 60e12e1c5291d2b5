package dev.kvorum.apiserver.schema;

/**
 * A version of a group of kinds.
 *
 * @param group empty for the core group
 */
public record GroupVersion(String group, String version) {

  /** How far a version is: what its name says. */
  public enum Stability {
    ALPHA,
    BETA,
    STABLE
  }

  /** Reads it as objects write it in {@code apiVersion}: {@code apps/v1}, or {@code v1} for the core group. */
  public static GroupVersion parse(String apiVersion) {
    int slash = apiVersion.indexOf('/');
    return slash < 0
        ? new GroupVersion("", apiVersion)
        : new GroupVersion(apiVersion.substring(0, slash), apiVersion.substring(slash + 1));
  }

  public Stability stability() {
    return version.contains("alpha")
        ? Stability.ALPHA
        : version.contains("beta") ? Stability.BETA : Stability.STABLE;
  }

  public GroupVersionKind kind(String kind) {
    return new GroupVersionKind(this, kind);
  }

  /** As {@code apiVersion} has it. */
  @Override
  public String toString() {
    return group.isEmpty() ? version : group + "/" + version;
  }
}
