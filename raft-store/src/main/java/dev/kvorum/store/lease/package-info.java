/**
 * Leases as replicated state: which exist, for how long they were granted, which keys hang on them.
 *
 * <p>Says nothing about when a lease is due: that is the leader's business, and arrives as a command.
 */
@NullMarked
package dev.kvorum.store.lease;

import org.jspecify.annotations.NullMarked;
