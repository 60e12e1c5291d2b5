@NullMarked
package dev.kvorum.store.engine.rocksdb;

import org.jspecify.annotations.NullMarked;
