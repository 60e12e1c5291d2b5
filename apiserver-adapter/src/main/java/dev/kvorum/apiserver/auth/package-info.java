/**
 * Who a client is, and what it may do. Knows requests as the port hands them on, and nothing of objects or of where they
 * are stored.
 */
@NullMarked
package dev.kvorum.apiserver.auth;

import org.jspecify.annotations.NullMarked;
