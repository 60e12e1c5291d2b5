package dev.kvorum.store.engine;

/** What a scan is for, so that a large one does not push everything else out of the cache. */
public enum ScanKind {
  /** Answers a request; what it reads may be wanted again. */
  REQUEST,
  /** Reads much, once. */
  BULK
}
