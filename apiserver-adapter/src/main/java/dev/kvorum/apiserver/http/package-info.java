/**
 * The Kubernetes API's port: HTTP/1.1, HTTP/2 and WebSocket, with or without TLS, over Netty.
 *
 * <p>What is above sees {@link dev.kvorum.apiserver.http.HttpHandler} and never an event loop or a buffer of Netty's; what
 * is here knows limits, deadlines and connections, and nothing of objects, users or resources.
 */
@NullMarked
package dev.kvorum.apiserver.http;

import org.jspecify.annotations.NullMarked;
