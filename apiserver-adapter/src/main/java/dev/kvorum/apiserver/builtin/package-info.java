/**
 * What the API server fills in that the authors of objects of built-in kinds have left out, and that follows from nothing
 * but the object. Pure functions; knows no storage, no time and no other objects.
 */
@NullMarked
package dev.kvorum.apiserver.builtin;

import org.jspecify.annotations.NullMarked;
