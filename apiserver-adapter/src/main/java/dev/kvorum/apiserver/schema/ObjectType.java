package dev.kvorum.apiserver.schema;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An object with named fields. */
public non-sealed interface ObjectType extends Type {

  /** The name of its published definition, as {@code io.k8s.api.core.v1.Pod}; empty if it has none. */
  String definition();

  /** How server-side apply treats it where it stands. */
  MapMerging merging();

  /** All fields, in the order in which they are written, those of embedded objects among them. */
  List<Field> fields();

  /** The field with that name in JSON; null if there is none. */
  @Nullable
  Field field(String name);

  /** Whether fields that it does not name are kept, whatever they hold. */
  boolean open();

  /** Which of its fields exclude each other, as JSON of the published schema; empty if it says nothing of it. */
  default String unions() {
    return "";
  }

  /** How protobuf writes it, by ascending number; null if it does not. */
  @Nullable
  List<WireMember> wire();
}
