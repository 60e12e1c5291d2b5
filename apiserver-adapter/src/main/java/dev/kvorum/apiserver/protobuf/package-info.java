/**
 * Objects as Kubernetes writes them in protobuf, to and from JSON trees, by the numbers of {@code apiserver.schema}. Pure
 * functions over bytes; knows no requests and no storage.
 */
@NullMarked
package dev.kvorum.apiserver.protobuf;

import org.jspecify.annotations.NullMarked;
