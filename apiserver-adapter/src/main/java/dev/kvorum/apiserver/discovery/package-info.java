/**
 * What a server says of the groups, versions and resources that it serves (Kubernetes API, "discovery"): list by list, and
 * all at once. Pure functions from {@link dev.kvorum.apiserver.schema} to JSON trees.
 */
@NullMarked
package dev.kvorum.apiserver.discovery;

import org.jspecify.annotations.NullMarked;
