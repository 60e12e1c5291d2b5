@NullMarked
package dev.kvorum.store.mvcc;

import org.jspecify.annotations.NullMarked;
