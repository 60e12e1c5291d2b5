/**
 * Definitions of custom resources: their defaults, what is wrong with them, in the words of the Kubernetes API, and what
 * their status says. Pure functions over JSON trees, for all threads; the time is told. Knows no storage and no requests.
 */
@NullMarked
package dev.kvorum.apiserver.crd.definition;

import org.jspecify.annotations.NullMarked;
