package dev.kvorum.apiserver.schema;

/** What an object says that it is. */
public record GroupVersionKind(GroupVersion groupVersion, String kind) {

  /**
   * Reads it as an object writes it.
   *
   * @param apiVersion as {@code apps/v1}
   */
  public static GroupVersionKind of(String apiVersion, String kind) {
    return new GroupVersionKind(GroupVersion.parse(apiVersion), kind);
  }

  public String group() {
    return groupVersion.group();
  }

  public String version() {
    return groupVersion.version();
  }

  public String apiVersion() {
    return groupVersion.toString();
  }

  /** As the API's messages have it: {@code apps/v1, Kind=Deployment}, {@code /v1, Kind=Pod}. */
  @Override
  public String toString() {
    return group() + "/" + version() + ", Kind=" + kind;
  }
}
