/**
 * How the bodies of requests become objects, and objects the bodies of responses: which media type, which form, and what an
 * object of a kind looks like however it was written. Pure functions of bytes and headers; knows no storage, no connections
 * and no defaults.
 */
@NullMarked
package dev.kvorum.apiserver.codec;

import org.jspecify.annotations.NullMarked;
