@NullMarked
package dev.kvorum.store.engine;

import org.jspecify.annotations.NullMarked;
