package dev.kvorum.apiserver.storage;

import dev.kvorum.store.Bytes;

/**
 * An object as it is stored.
 *
 * @param value as it was written, without its resource version
 * @param revision of its last change: its resource version
 */
public record Stored(Bytes key, Bytes value, long revision) {}
