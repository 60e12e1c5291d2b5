/**
 * Who belongs to the cluster, as replicated state: ids, peer URLs, who votes, which disk each member has, and the ids that
 * were removed.
 *
 * <p>Knows nothing of Raft's configuration, which is brought to agree with this from outside, nor of processes or
 * connections.
 */
@NullMarked
package dev.kvorum.store.cluster;

import org.jspecify.annotations.NullMarked;
