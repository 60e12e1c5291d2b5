/**
 * The {@code kvorum} command: flags, environment and the wiring of a process.
 *
 * <p>The one place that knows which store stands behind the port and which servers stand before it. Nothing imports this
 * package.
 */
@NullMarked
package dev.kvorum.cli;

import org.jspecify.annotations.NullMarked;
