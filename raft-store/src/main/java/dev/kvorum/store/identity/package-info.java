/**
 * Finding out who a caller is: passwords and tokens.
 *
 * <p>Works beside the replicated state, not in it: has clocks, randomness and threads, and nothing here changes what is
 * applied. Says who someone is, never what they may do.
 */
@NullMarked
package dev.kvorum.store.identity;

import org.jspecify.annotations.NullMarked;
