package dev.kvorum.store.engine;

/**
 * How much an engine holds.
 *
 * @param totalBytes on disk and in unflushed memory
 * @param liveBytes estimate of the part that is not superseded or deleted
 */
public record EngineSize(long totalBytes, long liveBytes) {}
