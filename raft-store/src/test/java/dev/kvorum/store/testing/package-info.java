/**
 * Stand-ins and contracts for tests of this module and of those that use the port: written by hand, and tested
 * themselves.
 */
@NullMarked
package dev.kvorum.store.testing;

import org.jspecify.annotations.NullMarked;
