/**
 * The server: takes requests apart, asks who sends them and whether they may, and has the {@link
 * dev.kvorum.apiserver.registry.Registry} do what they say. The one package that knows all the others.
 */
@NullMarked
package dev.kvorum.apiserver.server;

import org.jspecify.annotations.NullMarked;
