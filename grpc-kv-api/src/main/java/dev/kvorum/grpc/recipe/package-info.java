/**
 * Locks and elections over any {@link dev.kvorum.store.KvStore}, made as etcd's clients make them, so that both kinds
 * stand in the same line: whoever wants something puts a key below its name, attached to a lease, and the oldest key has
 * it. Waiting is a watch on the key right before one's own.
 *
 * <p>Knows the port only: neither messages nor calls. Everything that belongs to one call runs on the executor of its
 * {@link dev.kvorum.store.CallContext}, and nothing blocks.
 */
@NullMarked
package dev.kvorum.grpc.recipe;

import org.jspecify.annotations.NullMarked;
