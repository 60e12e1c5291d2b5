package dev.kvorum.apiserver.protobuf;

/** Bytes that are no object, or a tree that is none of its kind. The message is for the client and says where. */
public final class ProtobufException extends Exception {
  private static final long serialVersionUID = 1;

  private final String path;
  private final String problem;

  ProtobufException(String problem) {
    this("", problem);
  }

  private ProtobufException(String path, String problem) {
    super(path.isEmpty() ? problem : path + ": " + problem);
    this.path = path;
    this.problem = problem;
  }

  /** The same one level further out. */
  ProtobufException in(String field) {
    boolean joined = path.isEmpty() || path.startsWith("[");
    return new ProtobufException(field + (joined ? path : "." + path), problem);
  }

  /** The same in an element of a list. */
  ProtobufException at(int element) {
    return in("[" + element + "]");
  }

  /** The same in the value of a map. */
  ProtobufException at(String key) {
    String shown = key.length() > 64 ? key.substring(0, 64) + "..." : key;
    return in("[" + shown + "]");
  }
}
