package dev.kvorum.apiserver.codec;

import org.jspecify.annotations.Nullable;

/** How objects are written. */
public enum MediaType {
  JSON("json"),
  YAML("yaml"),
  PROTOBUF("vnd.kubernetes.protobuf");

  static final String TOP = "application";

  private final String subtype;

  MediaType(String subtype) {
    this.subtype = subtype;
  }

  String subtype() {
    return subtype;
  }

  /** The one with a name as {@code application/json}, without parameters; null if it is not known. */
  public static @Nullable MediaType of(String text) {
    for (MediaType type : values()) {
      if (type.toString().equals(text)) {
        return type;
      }
    }
    return null;
  }

  /** As headers have it. */
  @Override
  public String toString() {
    return TOP + "/" + subtype;
  }
}
