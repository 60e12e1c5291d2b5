package dev.kvorum.apiserver.storage;

import dev.kvorum.store.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * What happened to one object.
 *
 * @param revision of the change
 * @param value what is stored now; null if the object was deleted
 * @param previous what was stored before; null if there was nothing, or if it has been compacted away
 * @param created whether there was no object before
 */
public record Change(
    Bytes key,
    long revision,
    @Nullable Bytes value,
    @Nullable Bytes previous,
    boolean created) {}
