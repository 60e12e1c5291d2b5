package dev.kvorum.tls;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Cipher suites by the names that etcd takes, which are Go's: the official ones, and two short forms.
 *
 * <p>As in Go, those of TLS 1.3 cannot be chosen: naming them is fine and changes nothing.
 */
public final class CipherSuites {
  /** Always offered with TLS 1.3; the order is the preference. */
  static final List<String> OF_TLS_1_3 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

  /** What is offered with TLS 1.2 unless told otherwise: forward secrecy and authenticated encryption only. */
  static final List<String> DEFAULT_OF_TLS_1_2 = List.of(
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final Map<String, String> SHORT = Map.of(
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");

  /** Known to etcd, with forward secrecy but an older way of encrypting: offered only when asked for. */
  private static final Set<String> WEAKER = Set.of(
      "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
      "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
      "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
      "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");

  /** Known to etcd and not offered here: no forward secrecy, or broken. */
  private static final Set<String> INSECURE = Set.of(
      "TLS_RSA_WITH_AES_128_CBC_SHA",
      "TLS_RSA_WITH_AES_256_CBC_SHA",
      "TLS_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_RSA_WITH_RC4_128_SHA",
      "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
      "TLS_RSA_WITH_AES_128_CBC_SHA256",
      "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
      "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
      "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
      "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
      "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256");

  private CipherSuites() {}

  /**
   * The official names of suites.
   *
   * @throws IllegalArgumentException if one is unknown or not offered; the message names it
   */
  public static List<String> parse(List<String> names) {
    List<String> suites = new ArrayList<>();
    for (String name : names) {
      String suite = SHORT.getOrDefault(name, name);
      if (INSECURE.contains(suite)) {
        throw new IllegalArgumentException(
            "TLS cipher suite \"" + name + "\" is insecure and not offered");
      }
      if (!DEFAULT_OF_TLS_1_2.contains(suite)
          && !WEAKER.contains(suite)
          && !OF_TLS_1_3.contains(suite)) {
        throw new IllegalArgumentException("unexpected TLS cipher suite \"" + name + "\"");
      }
      suites.add(suite);
    }
    return List.copyOf(suites);
  }
}
