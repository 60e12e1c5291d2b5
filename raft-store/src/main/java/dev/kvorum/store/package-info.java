/**
 * The port: what every edge of the system may ask of a store, and in which words.
 *
 * <p>Requests and results are values that mirror etcd's v3 API in meaning, not in encoding. Nothing here knows how a
 * store replicates, what it keeps on disk or which protocol a client speaks; it depends on {@code java.*} alone.
 *
 * <p>Reading order: {@link dev.kvorum.store.KvStore}, {@link dev.kvorum.store.KeyValue}, {@link
 * dev.kvorum.store.WatchStream}, {@link dev.kvorum.store.StoreException}.
 */
@NullMarked
package dev.kvorum.store;

import org.jspecify.annotations.NullMarked;
