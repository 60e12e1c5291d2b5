/** Label and field selectors: their grammar, and what they match. Pure functions; knows no objects and no requests. */
@NullMarked
package dev.kvorum.apiserver.selector;

import org.jspecify.annotations.NullMarked;
