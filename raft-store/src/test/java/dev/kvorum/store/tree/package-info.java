@NullMarked
package dev.kvorum.store.tree;

import org.jspecify.annotations.NullMarked;
