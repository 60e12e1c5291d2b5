@NullMarked
package dev.kvorum.store.lease;

import org.jspecify.annotations.NullMarked;
