/**
 * The ways in which a client may ask for a change of an object: JSON patch, merge patch. Pure functions over JSON trees;
 * knows no requests, no storage and no object kinds.
 */
@NullMarked
package dev.kvorum.apiserver.patch;

import org.jspecify.annotations.NullMarked;
