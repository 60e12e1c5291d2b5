package dev.kvorum.apiserver.schema;

/** One numbered field of an object in protobuf. */
public sealed interface WireMember {
  int number();

  /** A field that JSON has, too. */
  record Named(int number, Field field) implements WireMember {}

  /** A message whose fields JSON has among those of the object that it is in. */
  record Embedded(int number, ObjectType type) implements WireMember {}
}
