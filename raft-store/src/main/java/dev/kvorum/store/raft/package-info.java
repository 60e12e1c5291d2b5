/**
 * Replication over Apache Ratis: {@link dev.kvorum.store.raft.RaftKvStore} is the embedded implementation of the port.
 *
 * <p>The only package that sees Ratis. It decides the order of changes (the proposer), carries them to every member's
 * disk, feeds the state machine, makes reads linearizable (the read gate), moves snapshots, and keeps the leader's clock
 * for leases. What a change means is none of its business: that is {@code store.apply}.
 */
@NullMarked
package dev.kvorum.store.raft;

import org.jspecify.annotations.NullMarked;
