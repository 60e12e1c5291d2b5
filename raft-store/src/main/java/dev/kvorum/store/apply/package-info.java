/**
 * Commands become state, in log order, exactly once.
 *
 * <p>The one place that changes the multi-version store, the leases and the tables beside them, and that says what is
 * written to the engine together. Deterministic: no clock, no randomness, no threads of its own. Knows nothing of how an
 * entry was agreed on nor of who watches the result.
 */
@NullMarked
package dev.kvorum.store.apply;

import org.jspecify.annotations.NullMarked;
