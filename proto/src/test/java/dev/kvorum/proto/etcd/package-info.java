/** Checks of the generated messages against what etcd's clients have compiled in. */
@NullMarked
package dev.kvorum.proto.etcd;

import org.jspecify.annotations.NullMarked;
