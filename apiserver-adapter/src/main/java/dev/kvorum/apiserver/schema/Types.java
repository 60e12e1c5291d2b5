package dev.kvorum.apiserver.schema;

import org.jspecify.annotations.Nullable;

/** The kinds of objects there are. For all threads; an implementation may change what it holds while it is used. */
public interface Types {

  /** The type of objects of a kind; null if there is none. */
  @Nullable
  ObjectType find(GroupVersionKind kind);
}
