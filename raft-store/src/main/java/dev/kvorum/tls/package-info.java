/**
 * Certificates, keys and whom to trust, read from files and read again when these change.
 *
 * <p>Knows the JDK's security API and nothing of who serves what over which library: a listener turns the current {@link
 * dev.kvorum.tls.TlsMaterial} into whatever its library wants. Reading order: {@link dev.kvorum.tls.TlsSettings}, {@link
 * dev.kvorum.tls.TlsSource}, {@link dev.kvorum.tls.CertificateRules}, {@link dev.kvorum.tls.LiveConnections}.
 */
@NullMarked
package dev.kvorum.tls;

import org.jspecify.annotations.NullMarked;
