/** Amounts of resources as Kubernetes writes them. Pure functions; knows no objects. */
@NullMarked
package dev.kvorum.apiserver.quantity;

import org.jspecify.annotations.NullMarked;
