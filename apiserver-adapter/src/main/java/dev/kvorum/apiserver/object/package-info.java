/** What all objects have in common: their metadata. Knows trees and nothing of any kind. */
@NullMarked
package dev.kvorum.apiserver.object;

import org.jspecify.annotations.NullMarked;
