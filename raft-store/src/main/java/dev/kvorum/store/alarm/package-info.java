/**
 * The alarms: a small replicated table, beside the keys.
 *
 * <p>Deterministic: no clock, no randomness, no threads. Knows nothing of commands nor of what an alarm forbids.
 */
@NullMarked
package dev.kvorum.store.alarm;

import org.jspecify.annotations.NullMarked;
