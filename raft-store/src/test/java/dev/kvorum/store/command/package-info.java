@NullMarked
package dev.kvorum.store.command;

import org.jspecify.annotations.NullMarked;
