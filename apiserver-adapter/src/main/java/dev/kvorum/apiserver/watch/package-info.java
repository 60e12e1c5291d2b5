/**
 * The watch cache: one store watch per resource feeds any number of clients. A change is kept once, and each form in which
 * clients want it is made once. A client that is slow holds up nobody: it has a bounded queue, and when that is full a
 * position, from which it goes on in the cache or, if it is too old for that, in the store's history.
 */
@NullMarked
package dev.kvorum.apiserver.watch;

import org.jspecify.annotations.NullMarked;
