/**
 * The engine over RocksDB: the only package that knows it. Keeps native handles away from everybody else, so that use
 * after close is an exception and not a crash of the process.
 */
@NullMarked
package dev.kvorum.store.engine.rocksdb;

import org.jspecify.annotations.NullMarked;
