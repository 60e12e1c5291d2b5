/**
 * Objects as tables and as their metadata alone: what a server answers when a client asks for lines to show instead of
 * objects (Kubernetes API: {@code Table}, {@code PartialObjectMetadata}). Pure functions over JSON trees; the time is given.
 * Knows no HTTP and no storage.
 */
@NullMarked
package dev.kvorum.apiserver.table;

import org.jspecify.annotations.NullMarked;
