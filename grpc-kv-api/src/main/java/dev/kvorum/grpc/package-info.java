/**
 * etcd's v3 API on the wire: the place where the parts of this module are put together.
 *
 * <p>{@link dev.kvorum.grpc.KvServer} serves a store; see its packages for what it consists of.
 */
@NullMarked
package dev.kvorum.grpc;

import org.jspecify.annotations.NullMarked;
