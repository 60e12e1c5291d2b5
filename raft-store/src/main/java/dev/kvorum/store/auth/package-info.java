/**
 * Users, roles and permissions as replicated state, and the one place that decides who may do what.
 *
 * <p>Pure: no clock, no randomness, no threads. Passwords arrive as hashes and tokens not at all; who a caller is was
 * found out elsewhere. Knows keys and ranges, not what is stored under them.
 */
@NullMarked
package dev.kvorum.store.auth;

import org.jspecify.annotations.NullMarked;
