/**
 * What a member keeps on its disk besides the replicated state: who it is, how often it was started, which disks the other
 * members use; and the check of the Raft log before it is opened.
 *
 * <p>Files and nothing else: this package knows neither Ratis nor the network. Everything it reports as written is on
 * disk, directory entry included.
 */
@NullMarked
package dev.kvorum.store.raft.disk;

import org.jspecify.annotations.NullMarked;
