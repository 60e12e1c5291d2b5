/**
 * What is in the replicated log, and its encoding.
 *
 * <p>A command carries everything its outcome depends on: ids, times and terms were chosen before it was proposed. This
 * package knows requests and bytes; it knows neither what a command does nor how it gets into the log.
 */
@NullMarked
package dev.kvorum.store.command;

import org.jspecify.annotations.NullMarked;
