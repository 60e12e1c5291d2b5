/** JSON as the Kubernetes API reads and writes it, and as its messages show it. Pure functions; knows no objects. */
@NullMarked
package dev.kvorum.apiserver.json;

import org.jspecify.annotations.NullMarked;
