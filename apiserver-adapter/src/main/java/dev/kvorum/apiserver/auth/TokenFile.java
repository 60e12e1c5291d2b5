package dev.kvorum.apiserver.auth;

import dev.kvorum.apiserver.http.HttpRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens from a file, each with its user: {@code token,user,uid,"group1,group2"}. Lines that begin with {@code #} say
 * nothing. Read once. Thread-safe.
 */
public final class TokenFile implements Authenticator {
  private static final Logger log = LoggerFactory.getLogger(TokenFile.class);
  private static final int LEAST_COLUMNS = 3;

  /** By the hash of the token, so that how long looking takes says nothing about tokens. */
  private final Map<String, User> users;

  private TokenFile(Map<String, User> users) {
    this.users = users;
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be used; the message names it
   */
  public static TokenFile read(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    List<List<String>> records;
    try {
      records = Csv.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("token file '" + file + "' cannot be read: " + e.getMessage(), e);
    }
    Map<String, User> users = new HashMap<>();
    for (int i = 0; i < records.size(); i++) {
      List<String> record = records.get(i);
      if (record.get(0).startsWith("#")) {
        continue;
      }
      if (record.size() < LEAST_COLUMNS) {
        throw new IOException("token file '" + file
            + "' must have at least 3 columns (token, user name, user uid), found "
            + record.size());
      }
      if (record.get(0).isEmpty()) {
        log.warn("empty token in token file '{}', record {}", file, i + 1);
        continue;
      }
      List<String> groups = new ArrayList<>();
      if (record.size() > LEAST_COLUMNS) {
        for (String group : record.get(LEAST_COLUMNS).split(",", -1)) {
          if (!group.isEmpty()) {
            groups.add(group);
          }
        }
      }
      User user = new User(record.get(1), record.get(2), groups, Map.of());
      if (users.put(hash(record.get(0)), user) != null) {
        log.warn("the same token again in token file '{}', record {}", file, i + 1);
      }
    }
    return new TokenFile(Map.copyOf(users));
  }

  @Override
  public Authentication authenticate(HttpRequest request) {
    BearerToken token = BearerToken.of(request);
    if (token == null) {
      return new Authentication.Unsaid();
    }
    String value = token.value();
    User user = value == null ? null : users.get(hash(value));
    return user == null
        ? new Authentication.Refused("invalid bearer token")
        : new Authentication.Known(user);
  }

  private static String hash(String token) {
    try {
      byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
