/** Values of JSON, as messages of the Kubernetes API show them. */
@NullMarked
package dev.kvorum.apiserver.json;

import org.jspecify.annotations.NullMarked;
