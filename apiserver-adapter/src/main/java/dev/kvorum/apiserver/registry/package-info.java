/**
 * What a request does to objects: the verbs, the same for every resource, and what is particular to each (its {@link
 * dev.kvorum.apiserver.registry.Strategy}). Takes and gives trees in the version of the request; knows neither how they come
 * in nor how they go out.
 */
@NullMarked
package dev.kvorum.apiserver.registry;

import org.jspecify.annotations.NullMarked;
