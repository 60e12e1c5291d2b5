package dev.kvorum.apiserver.yaml;

/** Text that is no YAML, or that JSON has no words for. The message is for the client, in upstream's words. */
public final class YamlException extends Exception {
  private static final long serialVersionUID = 1;

  YamlException(String message) {
    super(message);
  }

  /** What reading YAML complains of. */
  static YamlException of(String problem) {
    return new YamlException("yaml: " + problem);
  }
}
