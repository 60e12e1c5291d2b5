@NullMarked
package dev.kvorum.store.apply;

import org.jspecify.annotations.NullMarked;
