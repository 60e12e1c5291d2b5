/**
 * Custom resources: a definition as the server uses it, with the resources that it adds in each version, and what happens to
 * their objects between a client and the storage. Pure functions over JSON trees, for all threads. Knows no storage, no
 * requests and no clock.
 */
@NullMarked
package dev.kvorum.apiserver.crd;

import org.jspecify.annotations.NullMarked;
