package dev.kvorum.store.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.auth.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JwtTokensTest {
  @TempDir
  private Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"
      })
  void whatThePrivateKeySignsThePublicKeyVerifies(String method) throws Exception {
    KeyPair pair = pair(method);
    Path priv = pem("PRIVATE KEY", pair.getPrivate());
    Path pub = pem("PUBLIC KEY", pair.getPublic());
    JwtTokens alone = JwtTokens.of("jwt,sign-method=" + method + ",priv-key=" + priv);
    JwtTokens both =
        JwtTokens.of("jwt,sign-method=" + method + ",priv-key=" + priv + ",pub-key=" + pub);
    JwtTokens verifier = JwtTokens.of("jwt,sign-method=" + method + ",pub-key=" + pub);

    String token = alone.issue("alice", 7);

    assertThat(both.identify(token, 99)).isEqualTo(Identity.user("alice", 7));
    assertThat(verifier.identify(token, 99)).isEqualTo(Identity.user("alice", 7));
    assertThat(verifier.canIssue()).isFalse();
    String[] parts = token.split("\\.", -1);
    String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
    assertThat(claims).contains("\"username\":\"alice\"", "\"revision\":7", "\"exp\":");
    String forged = parts[0] + "."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(claims.replace("alice", "root!").getBytes(StandardCharsets.UTF_8))
        + "." + parts[2];
    assertThat(verifier.identify(forged, 99)).isNull();
    KeyPair stranger = pair(method);
    JwtTokens other = JwtTokens.of(
        "jwt,sign-method=" + method + ",priv-key=" + pem("PRIVATE KEY", stranger.getPrivate()));
    assertThat(other.identify(token, 99)).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HS256", "HS384", "HS512"})
  void aSharedSecretSignsAndVerifies(String method) throws Exception {
    Path secret =
        Files.write(directory.resolve("secret"), "short".getBytes(StandardCharsets.UTF_8));
    JwtTokens tokens = JwtTokens.of("jwt,sign-method=" + method + ",priv-key=" + secret);
    assertThat(tokens.identify(tokens.issue("alice", 7), 99)).isEqualTo(Identity.user("alice", 7));
  }

  @Test
  void aTokenThatHasRunOutOrIsOfAnotherKindIsNobodys() throws Exception {
    Path secret = Files.write(directory.resolve("secret"), new byte[32]);
    String options = "jwt,sign-method=HS256,priv-key=" + secret;
    JwtTokens tokens = JwtTokens.of(options);
    assertThat(tokens.identify("", 1)).isNull();
    assertThat(tokens.identify("a.b.c", 1)).isNull();
    assertThat(tokens.identify("abcdefghijklmnop.7", 1)).isNull();
    String unsigned = base64("{\"alg\":\"none\"}")
        + "."
        + base64("{\"username\":\"root\",\"revision\":9,\"exp\":9999999999}")
        + ".";
    assertThat(tokens.identify(unsigned, 1)).isNull();
    JwtTokens brief = JwtTokens.of(options + ",ttl=1ms");
    String token = brief.issue("alice", 7);
    long end = System.nanoTime() + 30_000_000_000L;
    while (tokens.identify(token, 1) != null && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    assertThat(tokens.identify(token, 1)).isNull();
    JwtTokens other = JwtTokens.of("jwt,sign-method=HS384,priv-key=" + secret);
    assertThat(other.identify(tokens.issue("alice", 7), 1)).isNull();
  }

  /** What was verified is remembered, but not for longer than the token is good. */
  @Test
  void aTokenThatWasGoodRunsOut() throws Exception {
    Path secret = Files.write(directory.resolve("secret"), new byte[32]);
    JwtTokens tokens = JwtTokens.of("jwt,sign-method=HS256,priv-key=" + secret + ",ttl=3s");
    String token = tokens.issue("alice", 7);
    assertThat(tokens.identify(token, 1)).isEqualTo(Identity.user("alice", 7));
    assertThat(tokens.isExpensive(token)).isFalse();
    long end = System.nanoTime() + 30_000_000_000L;
    while (tokens.identify(token, 1) != null && System.nanoTime() - end < 0) {
      java.util.concurrent.locks.LockSupport.parkNanos(10_000_000);
    }
    assertThat(tokens.identify(token, 1)).isNull();
  }

  @Test
  void optionsThatMakeNoSenseAreNamed() throws IOException {
    Path secret = Files.write(directory.resolve("secret"), new byte[32]);
    refused("jwt", "sign-method");
    refused("jwt,sign-method=none", "sign-method");
    refused("jwt,sign-method=RS256", "pub-key or priv-key");
    refused("jwt,sign-method=HS256", "priv-key");
    refused("jwt,sign-method=HS256,priv-key=" + secret + ",ttl=soon", "ttl");
    refused("jwt,sign-method=HS256,sign-method=HS256,priv-key=" + secret, "twice");
    refused("jwt,colour=red", "colour");
    refused("jwt,sign-method=RS256,priv-key=" + secret, "key file");
    assertThatThrownBy(() -> Tokens.of(
            new AuthConfig("paper", java.time.Duration.ofSeconds(1), 4, 0), System::nanoTime))
        .hasMessageContaining("paper");
  }

  @Test
  void aPublicKeyOfAnotherPairIsNoticedAtTheStart() throws Exception {
    Path priv = pem("PRIVATE KEY", pair("ES256").getPrivate());
    Path pub = pem("PUBLIC KEY", pair("ES256").getPublic());
    refused("jwt,sign-method=ES256,priv-key=" + priv + ",pub-key=" + pub, "public key");
  }

  private static void refused(String options, String because) {
    assertThatThrownBy(() -> JwtTokens.of(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(because);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyPair pair(String method) throws Exception {
    KeyPairGenerator generator;
    if (method.equals("EdDSA")) {
      generator = KeyPairGenerator.getInstance("Ed25519");
    } else if (method.startsWith("ES")) {
      generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(
          switch (method) {
            case "ES256" -> "secp256r1";
            case "ES384" -> "secp384r1";
            default -> "secp521r1";
          }));
    } else {
      generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
    }
    return generator.generateKeyPair();
  }

  private Path pem(String type, Key key) throws IOException {
    String text = "-----BEGIN " + type + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
        + "\n-----END " + type + "-----\n";
    Path file =
        directory.resolve(type.replace(' ', '-') + Arrays.hashCode(key.getEncoded()) + ".pem");
    return Files.writeString(file, text);
  }
}
