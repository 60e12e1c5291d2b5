package dev.kvorum.apiserver.codec;

/** Instead of the objects that were asked for, something made from them. */
public enum Transform {
  /** The objects themselves. */
  NONE("", "", ""),
  TABLE("Table", "meta.k8s.io", "v1"),
  TABLE_BETA("Table", "meta.k8s.io", "v1beta1"),
  METADATA("PartialObjectMetadata", "meta.k8s.io", "v1"),
  METADATA_BETA("PartialObjectMetadata", "meta.k8s.io", "v1beta1"),
  METADATA_LIST("PartialObjectMetadataList", "meta.k8s.io", "v1"),
  METADATA_LIST_BETA("PartialObjectMetadataList", "meta.k8s.io", "v1beta1");

  private final String kind;
  private final String group;
  private final String version;

  Transform(String kind, String group, String version) {
    this.kind = kind;
    this.group = group;
    this.version = version;
  }

  /** Of what is made: {@code Table}; empty for the objects themselves. */
  public String kind() {
    return kind;
  }

  /** Of what is made: {@code meta.k8s.io/v1}; {@code /} for the objects themselves. */
  public String apiVersion() {
    return group + "/" + version;
  }

  public boolean isTable() {
    return kind.equals("Table");
  }

  /** Whether a list, or one object, becomes the metadata of it. */
  public boolean isMetadata() {
    return kind.startsWith("PartialObjectMetadata");
  }

  boolean is(String otherKind, String otherGroup, String otherVersion) {
    return kind.equals(otherKind) && group.equals(otherGroup) && version.equals(otherVersion);
  }
}
