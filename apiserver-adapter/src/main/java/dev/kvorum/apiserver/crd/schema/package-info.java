/**
 * The schema of a custom resource and what it makes of an object: dropping what it does not name, filling in defaults,
 * finding what is wrong, in the words of the Kubernetes API. Values are changed in place where that is said. Pure functions
 * over immutable schemas, for all threads. Knows no definitions, versions or requests.
 */
@NullMarked
package dev.kvorum.apiserver.crd.schema;

import org.jspecify.annotations.NullMarked;
