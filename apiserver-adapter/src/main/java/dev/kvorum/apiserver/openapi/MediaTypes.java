package dev.kvorum.apiserver.openapi;

import java.util.List;

/** The forms in which objects come and go. */
final class MediaTypes {
  private static final String JSON = "application/json";
  private static final String YAML = "application/yaml";
  private static final String PROTOBUF = "application/vnd.kubernetes.protobuf";

  static final List<String> ANY = List.of("*/*");
  static final List<String> JSON_ONLY = List.of(JSON);
  static final List<String> OBJECT = List.of(JSON, YAML, PROTOBUF);
  static final List<String> CUSTOM_OBJECT = List.of(JSON, YAML);
  static final List<String> LOG = List.of("text/plain", JSON, YAML, PROTOBUF);
  static final List<String> STREAM =
      List.of(JSON, YAML, PROTOBUF, JSON + ";stream=watch", PROTOBUF + ";stream=watch");

  static final List<String> CUSTOM_PATCH = List.of(
      "application/json-patch+json",
      "application/merge-patch+json",
      "application/apply-patch+yaml");

  /** Custom resources do not have the strategic one: clients see it by its absence. */
  static final List<String> PATCH = List.of(
      "application/json-patch+json",
      "application/merge-patch+json",
      "application/strategic-merge-patch+json",
      "application/apply-patch+yaml");

  private MediaTypes() {}
}
