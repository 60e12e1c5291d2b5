/** Tests of certificates, and {@link dev.kvorum.tls.TestAuthority}, which issues them for other modules' tests, too. */
@org.jspecify.annotations.NullMarked
package dev.kvorum.tls;
