/** Clients of other projects as black boxes: what they find when they talk to this store. */
@NullMarked
package dev.kvorum.conformance;

import org.jspecify.annotations.NullMarked;
