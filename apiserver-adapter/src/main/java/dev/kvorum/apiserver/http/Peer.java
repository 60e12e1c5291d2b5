package dev.kvorum.apiserver.http;

import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The other end of a connection. */
record Peer(
    boolean secure,
    List<X509Certificate> certificates,
    @Nullable SocketAddress remote) {}
