package dev.kvorum.store;

import org.jspecify.annotations.Nullable;

/**
 * What a put did.
 *
 * @param revision the revision it made
 * @param prevKv the version it replaced, if it was asked for and there was one
 */
public record PutResult(long revision, @Nullable KeyValue prevKv) implements OpResult {}
