/**
 * What a server says of the paths that it serves and of the fields of their objects (OpenAPI), for clients that check and
 * explain objects. Functions from {@link dev.kvorum.apiserver.schema} and from the schemas of custom resources to
 * documents, each made when it is first asked for and immutable from then on. Knows no HTTP and no objects.
 */
@NullMarked
package dev.kvorum.apiserver.openapi;

import org.jspecify.annotations.NullMarked;
