/**
 * YAML as the Kubernetes API reads and writes it: not that of the standard but that of one library, in which {@code y} is
 * true, {@code 010} is eight and a date is a string. Text to trees of JSON and back; pure functions that know no objects.
 */
@NullMarked
package dev.kvorum.apiserver.yaml;

import org.jspecify.annotations.NullMarked;
