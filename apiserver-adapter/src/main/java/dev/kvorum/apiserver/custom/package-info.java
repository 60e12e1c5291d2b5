/**
 * Custom resources as resources: what their definitions make of them, for the verbs, and the definitions themselves while
 * the server runs. What a definition means is said in {@link dev.kvorum.apiserver.crd}.
 */
@NullMarked
package dev.kvorum.apiserver.custom;

import org.jspecify.annotations.NullMarked;
