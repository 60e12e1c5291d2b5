/**
 * A {@link dev.kvorum.store.KvStore} that is somewhere else: any server that speaks etcd's v3 API.
 *
 * <p>Nothing is repeated here: whoever made a call whose outcome is unknown decides.
 */
@NullMarked
package dev.kvorum.grpc.client;

import org.jspecify.annotations.NullMarked;
