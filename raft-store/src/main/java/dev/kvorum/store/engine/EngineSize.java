package dev.kvorum.store.engine;

/**
 * How much an engine holds.
 *
 * @param totalBytes in the files in use and in unflushed memory
 */
public record EngineSize(long totalBytes) {}
