/** Who may do what, over the wire. */
@NullMarked
package dev.kvorum.grpc.auth;

import org.jspecify.annotations.NullMarked;
