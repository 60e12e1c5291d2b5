package dev.kvorum.store;

/**
 * What a role allows (etcd v3 API: authpb.Permission).
 *
 * @param type reading, writing or both
 * @param range the keys
 */
public record Permission(Type type, KeyRange range) {
  /** What may be done. */
  public enum Type {
    READ,
    WRITE,
    READ_WRITE;

    public boolean reads() {
      return this != WRITE;
    }

    public boolean writes() {
      return this != READ;
    }
  }

  /** Whether the range can be granted: it has a key and is not upside down. */
  public boolean isValid() {
    return !range.key().isEmpty() && !range.isEmpty();
  }
}
