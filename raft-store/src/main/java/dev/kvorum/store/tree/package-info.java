/**
 * A persistent sorted map from byte strings, with counts: the in-memory structure under the key index and the lease
 * table. Pure; knows nothing of what it holds.
 */
@NullMarked
package dev.kvorum.store.tree;

import org.jspecify.annotations.NullMarked;
