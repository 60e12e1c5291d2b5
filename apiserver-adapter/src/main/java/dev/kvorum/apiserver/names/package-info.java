/** What names, labels and the like may look like in Kubernetes. Pure functions; knows no objects and no requests. */
@NullMarked
package dev.kvorum.apiserver.names;

import org.jspecify.annotations.NullMarked;
