package dev.kvorum.store.identity;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.kvorum.store.auth.Identity;
import java.io.IOException;
import java.security.Key;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signed tokens that say whose they are and for which state of users and roles: any member that has the key can check
 * them, and after any change of that state they are too old to reach keys.
 *
 * <p>A signature is verified once; the outcome is kept, for a bounded number of tokens, those used last.
 */
public final class JwtTokens implements Tokens {
  private static final Logger LOG = LoggerFactory.getLogger(JwtTokens.class);

  private static final String USER = "username";
  private static final String REVISION = "revision";
  private static final int MAX_VERIFIED = 4096;
  private static final int MAX_LENGTH = 8192;

  /** What a verified token says; {@code expiresAtMillis} is Unix time. */
  private record Verified(String user, long revision, long expiresAtMillis) {}

  private final JwtOptions options;
  private final JwtConsumer consumer;

  @GuardedBy("verified")
  private final LinkedHashMap<String, Verified> verified = new LinkedHashMap<>(16, 0.75f, true) {
    private static final long serialVersionUID = 1;

    @Override
    protected boolean removeEldestEntry(Map.Entry<String, Verified> eldest) {
      return size() > MAX_VERIFIED;
    }
  };

  private JwtTokens(JwtOptions options) {
    this.options = options;
    this.consumer = new JwtConsumerBuilder()
        .setVerificationKey(options.verificationKey())
        .setJwsAlgorithmConstraints(AlgorithmConstraints.ConstraintType.PERMIT, options.algorithm())
        .setRelaxVerificationKeyValidation()
        .setSkipDefaultAudienceValidation()
        .build();
  }

  /**
   * Reads {@code jwt,option=value,...}.
   *
   * @throws IOException if a key cannot be read
   * @throws IllegalArgumentException if the options make no sense
   */
  static JwtTokens of(String text) throws IOException {
    JwtTokens tokens = new JwtTokens(JwtOptions.of(text));
    if (tokens.canIssue()) {
      // Finds out at the start, and not at the first login, that key and method do not fit.
      String probe;
      try {
        probe = tokens.issue("probe", 1, Duration.ofHours(1));
      } catch (IllegalStateException e) {
        throw new IllegalArgumentException(
            "auth token: the key cannot be used with sign-method " + tokens.options.algorithm(), e);
      }
      if (tokens.identify(probe, 1) == null) {
        throw new IllegalArgumentException("auth token: the public key is not the private key's");
      }
      synchronized (tokens.verified) {
        tokens.verified.clear();
      }
    }
    return tokens;
  }

  /** Whether there is a key to sign with. */
  public boolean canIssue() {
    return options.signingKey() != null;
  }

  /** A token for {@code user} as of the auth state of {@code authRevision}. Takes a signature. */
  public String issue(String user, long authRevision) {
    return issue(user, authRevision, options.ttl());
  }

  private String issue(String user, long authRevision, Duration ttl) {
    Key key = options.signingKey();
    if (key == null) {
      throw new IllegalStateException("no key to sign with");
    }
    JwtClaims claims = new JwtClaims();
    claims.setStringClaim(USER, user);
    claims.setClaim(REVISION, authRevision);
    claims.setExpirationTime(
        NumericDate.fromMilliseconds(System.currentTimeMillis() + ttl.toMillis()));
    JsonWebSignature signature = new JsonWebSignature();
    signature.setAlgorithmHeaderValue(options.algorithm());
    signature.setHeader("typ", "JWT");
    signature.setPayload(claims.toJson());
    signature.setKey(key);
    signature.setDoKeyValidation(false);
    try {
      return signature.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException("signing a token with " + options.algorithm(), e);
    }
  }

  @Override
  public @Nullable Identity identify(String token, long authRevision) {
    Verified known;
    synchronized (verified) {
      known = verified.get(token);
    }
    if (known == null) {
      known = verify(token);
      if (known == null) {
        return null;
      }
      synchronized (verified) {
        verified.put(token, known);
      }
    }
    if (System.currentTimeMillis() >= known.expiresAtMillis) {
      synchronized (verified) {
        verified.remove(token);
      }
      return null;
    }
    return Identity.user(known.user, known.revision);
  }

  private @Nullable Verified verify(String token) {
    if (token.length() > MAX_LENGTH) {
      return null;
    }
    try {
      JwtClaims claims = consumer.processToClaims(token);
      String user = claims.getStringClaimValue(USER);
      Object revision = claims.getClaimValue(REVISION);
      if (user == null || !(revision instanceof Number number) || number.longValue() < 0) {
        return null;
      }
      NumericDate expires = claims.getExpirationTime();
      return new Verified(
          user, number.longValue(), expires == null ? Long.MAX_VALUE : expires.getValueInMillis());
    } catch (InvalidJwtException | MalformedClaimException e) {
      // The library's messages quote the token.
      LOG.debug("a signed token was refused: {}", e.getClass().getSimpleName());
      return null;
    }
  }

  @Override
  public boolean isExpensive(String token) {
    synchronized (verified) {
      return !verified.containsKey(token);
    }
  }

  @Override
  public long knownFrom(String token) {
    return 0;
  }
}
