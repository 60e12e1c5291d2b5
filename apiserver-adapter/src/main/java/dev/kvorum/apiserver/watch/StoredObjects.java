package dev.kvorum.apiserver.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.store.Bytes;

/** Reads what is stored. For all threads. */
public interface StoredObjects {

  /** The object that a value is, with {@code revision} as its resource version. */
  ObjectNode read(Bytes key, Bytes value, long revision);
}
