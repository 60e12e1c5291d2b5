/** What holds for the whole module: its layering. */
@NullMarked
package dev.kvorum.grpc;

import org.jspecify.annotations.NullMarked;
