package dev.kvorum.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  private static final Path FILE = Path.of("key.pem");

  private static KeyPair keys(String algorithm) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    if (algorithm.startsWith("RSA")) {
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }

  private static PrivateKey read(String type, byte[] encoded, KeyPair pair) throws TlsException {
    return Pem.privateKey(
        FILE, PemFiles.pem(type, encoded).getBytes(StandardCharsets.US_ASCII), pair.getPublic());
  }

  /** The key in its algorithm's own form, which the general one wraps. */
  private static byte[] unwrapped(PrivateKey key) {
    Der.Reader fields = new Der.Reader(new Der.Reader(key.getEncoded()).expect(Der.SEQUENCE));
    fields.element();
    fields.element();
    return fields.expect(Der.OCTET_STRING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519", "RSASSA-PSS"})
  void keysInTheGeneralForm(String algorithm) throws Exception {
    KeyPair pair = keys(algorithm);

    assertThat(read("PRIVATE KEY", pair.getPrivate().getEncoded(), pair))
        .isEqualTo(pair.getPrivate());
  }

  @Test
  void keysInTheFormOfRsa() throws Exception {
    KeyPair pair = keys("RSA");

    assertThat(read("RSA PRIVATE KEY", unwrapped(pair.getPrivate()), pair))
        .isEqualTo(pair.getPrivate());
  }

  @Test
  void keysOnACurveThatNameItOrNot() throws Exception {
    KeyPair pair = keys("EC");
    byte[] nameless = unwrapped(pair.getPrivate());
    byte[] curve = Der.oid("1.2.840.10045.3.1.7");
    KeyPair p256 = p256();
    Der.Reader fields =
        new Der.Reader(new Der.Reader(unwrapped(p256.getPrivate())).expect(Der.SEQUENCE));
    byte[] named = Der.sequence(fields.element(), fields.element(), Der.element(0xa0, curve));

    assertSameNumber(read("EC PRIVATE KEY", nameless, pair), pair);
    assertSameNumber(read("EC PRIVATE KEY", named, p256), p256);
  }

  /** The key may or may not hold the public key as well. */
  private static void assertSameNumber(PrivateKey key, KeyPair pair) {
    ECPrivateKey original = (ECPrivateKey) pair.getPrivate();
    assertThat(((ECPrivateKey) key).getS()).isEqualTo(original.getS());
    assertThat(((ECPrivateKey) key).getParams()).isEqualTo(original.getParams());
  }

  private static KeyPair p256() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  @Test
  void aKeyBehindOtherBlocksIsFound() throws Exception {
    KeyPair pair = keys("EC");
    String file = "Some text\n" + PemFiles.pem("EC PARAMETERS", new byte[] {6, 0})
        + PemFiles.pem("PRIVATE KEY", pair.getPrivate().getEncoded());

    assertThat(Pem.privateKey(FILE, file.getBytes(StandardCharsets.US_ASCII), pair.getPublic()))
        .isEqualTo(pair.getPrivate());
  }

  @Test
  void aPassphraseIsRefusedInClearWords() throws Exception {
    KeyPair pair = keys("EC");

    assertThatThrownBy(() -> read("ENCRYPTED PRIVATE KEY", new byte[] {1}, pair))
        .hasMessageContaining("passphrase");
    String old = """
        -----BEGIN RSA PRIVATE KEY-----
        Proc-Type: 4,ENCRYPTED
        DEK-Info: AES-256-CBC,00

        AAAA
        -----END RSA PRIVATE KEY-----
        """;
    assertThatThrownBy(
            () -> Pem.privateKey(FILE, old.getBytes(StandardCharsets.US_ASCII), pair.getPublic()))
        .hasMessageContaining("passphrase");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
  void rubbishIsAnErrorThatNamesTheFile(String type) throws Exception {
    KeyPair pair = keys("EC");
    for (byte[] rubbish :
        new byte[][] {{}, {0x30}, {0x30, 3, 2, 1, 0}, {0x30, (byte) 0x84, 1, 1, 1, 1}, {1, 2, 3}}) {
      assertThatThrownBy(() -> read(type, rubbish, pair))
          .isInstanceOf(TlsException.class)
          .hasMessageContaining("key.pem");
    }
  }
}
