package dev.kvorum.store.engine;

/**
 * A key space of the engine. The ordinal is written into batches and must not change.
 */
public enum Family {
  /** Positions, and small tables that are read as a whole at start. */
  META,
  /** Versions of keys, in key order, newest first. */
  KV,
  /** Changes, in revision order. */
  EVENTS,
  /** Leases by id. */
  LEASES
}
