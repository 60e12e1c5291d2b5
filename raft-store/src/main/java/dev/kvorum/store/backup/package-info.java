/**
 * The form in which a copy of a member's state leaves it: one stream of bytes with checksums, see {@link
 * dev.kvorum.store.backup.BackupHeader}.
 *
 * <p>Knows directories of files and nothing of what is in them.
 */
@NullMarked
package dev.kvorum.store.backup;

import org.jspecify.annotations.NullMarked;
