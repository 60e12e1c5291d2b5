package dev.kvorum.store;

/**
 * Deletes keys (etcd v3 API: DeleteRange).
 *
 * @param range the keys; {@code range.key()} is not empty
 * @param prevKv whether to answer with what was deleted
 */
public record DeleteRequest(KeyRange range, boolean prevKv) implements Op {}
