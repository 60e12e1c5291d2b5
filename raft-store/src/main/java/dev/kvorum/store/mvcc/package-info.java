/**
 * The multi-version store: keys, their versions and their history over an ordered engine.
 *
 * <p>A single writer changes it, in log order; any number of readers hold views. Given the same commands in the same
 * order, two instances hold the same state. Nothing here knows about Raft, leases' terms, threads or clocks.
 */
@NullMarked
package dev.kvorum.store.mvcc;

import org.jspecify.annotations.NullMarked;
