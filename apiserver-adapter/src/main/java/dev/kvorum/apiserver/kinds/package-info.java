/**
 * What is particular to the kinds that every Kubernetes has: how their names are formed, what the server fills in, which of
 * their fields selectors may name. What the tables of {@link dev.kvorum.apiserver.schema} say is not said again here.
 */
@NullMarked
package dev.kvorum.apiserver.kinds;

import org.jspecify.annotations.NullMarked;
