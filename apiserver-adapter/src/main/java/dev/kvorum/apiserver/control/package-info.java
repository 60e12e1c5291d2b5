/** What the server does to objects by itself, because of what became of others. */
@NullMarked
package dev.kvorum.apiserver.control;

import org.jspecify.annotations.NullMarked;
