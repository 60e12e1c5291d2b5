package dev.kvorum.apiserver.schema;

/**
 * A resource whatever its version.
 *
 * @param group empty for the core group
 * @param resource plural, as in paths
 */
public record GroupResource(String group, String resource) {

  /** As the API's messages have it: {@code deployments.apps}, {@code pods}. */
  @Override
  public String toString() {
    return group.isEmpty() ? resource : resource + "." + group;
  }
}
