/**
 * An ordered key/value engine, as an interface: what the state machine needs of a disk.
 *
 * <p>Knows byte arrays and files; knows nothing of revisions, leases or Raft.
 */
@NullMarked
package dev.kvorum.store.engine;

import org.jspecify.annotations.NullMarked;
