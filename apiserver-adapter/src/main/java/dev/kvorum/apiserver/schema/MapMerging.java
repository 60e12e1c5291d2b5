package dev.kvorum.apiserver.schema;

/** How server-side apply treats a map or an object. */
public enum MapMerging {
  /** The schema says nothing: as {@link #GRANULAR}. */
  UNDECLARED,
  /** Each key has its own owners. */
  GRANULAR,
  /** It has one owner and is replaced as a whole. */
  ATOMIC
}
