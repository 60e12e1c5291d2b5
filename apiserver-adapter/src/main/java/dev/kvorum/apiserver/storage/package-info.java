/**
 * Objects on the port: under which keys they are, and how they are read and changed there, one transaction each. Keys and
 * values are as a kube-apiserver has them, so that one may run on the same store. Knows what objects are called and not
 * what is in them.
 */
@NullMarked
package dev.kvorum.apiserver.storage;

import org.jspecify.annotations.NullMarked;
