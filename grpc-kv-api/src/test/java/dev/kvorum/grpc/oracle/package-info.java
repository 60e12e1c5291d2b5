/**
 * The differential oracle: the same calls to a real etcd and to the server under test, and every answer compared.
 *
 * <p>{@link dev.kvorum.grpc.oracle.Duel} keeps two servers in lock-step: each call goes to both at once, the next one
 * only after both answered, so that both always have the same history and every field of every answer is comparable.
 * What is sent is made from a seed ({@link dev.kvorum.grpc.oracle.Generator}) as steps that name revisions, leases and
 * watches symbolically, so that steps can be left out when a failure is made smaller. Where the server under test means
 * to differ is listed, one by one, in {@link dev.kvorum.grpc.oracle.KnownDifferences}.
 *
 * <p>Nothing here knows what is behind the wire: the server under test is a {@link dev.kvorum.grpc.oracle.Subject}.
 */
@NullMarked
package dev.kvorum.grpc.oracle;

import org.jspecify.annotations.NullMarked;
