/**
 * What kinds of objects and resources there are and how they are made: fields, types, merge rules, protobuf numbers; verbs,
 * names, subresources. Built-in ones come from tables among the resources, read when they are first asked for; others can
 * be made from the same interfaces and records at run time. Immutable, for all threads. Knows no objects, no requests and
 * no storage.
 */
@NullMarked
package dev.kvorum.apiserver.schema;

import org.jspecify.annotations.NullMarked;
