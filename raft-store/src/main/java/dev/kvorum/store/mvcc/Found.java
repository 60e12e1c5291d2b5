package dev.kvorum.store.mvcc;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyValue;

/**
 * A key and the version of it that a read selected.
 *
 * @param key the index's array; must not be changed
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
record Found(byte[] key, Version version) {
  /** What the index alone knows: everything but the value. */
  KeyValue withoutValue() {
    return KeyValue.of(
        Bytes.wrap(key),
        version.createRevision,
        version.modRevision,
        version.version,
        Bytes.EMPTY,
        version.lease);
  }
}
