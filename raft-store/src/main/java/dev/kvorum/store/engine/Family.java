package dev.kvorum.store.engine;

/** A key space of the engine. */
public enum Family {
  /** Positions, and small tables that are read as a whole at start. */
  META(0),
  /** Versions of keys, in key order, newest first. */
  KV(1),
  /** Changes, in revision order. */
  EVENTS(2),
  /** Leases by id. */
  LEASES(3);

  private static final Family[] BY_ID = {META, KV, EVENTS, LEASES};

  private final int id;

  Family(int id) {
    this.id = id;
  }

  /** The number that stands for the family in batches and on disk; below 128. */
  public int id() {
    return id;
  }

  /** The family with {@code id}. */
  public static Family of(int id) {
    if (id < 0 || id >= BY_ID.length) {
      throw new IllegalArgumentException("family " + id);
    }
    return BY_ID[id];
  }
}
