package dev.kvorum.store.auth;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The auth state as it was after one command. Immutable and thread-safe; every change makes another one. */
public final class AuthView {
  /** The name of the user and of the role that may do everything. */
  public static final String ROOT = "root";

  /** The revision of a store in which nothing was ever changed. */
  public static final long FIRST_REVISION = 1;

  /** Names in the order of their UTF-8 bytes, which is the order in which etcd lists them. */
  static final Comparator<String> BY_BYTES = (a, b) -> Arrays.compareUnsigned(
      a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  private final boolean enabled;
  private final long revision;
  private final NavigableMap<String, User> users;
  private final NavigableMap<String, Role> roles;

  /** Computed when first asked for; the same whoever computes it. */
  private final Map<String, Grants> grants = new ConcurrentHashMap<>();

  AuthView(
      boolean enabled,
      long revision,
      NavigableMap<String, User> users,
      NavigableMap<String, Role> roles) {
    this.enabled = enabled;
    this.revision = revision;
    this.users = users;
    this.roles = roles;
  }

  static AuthView empty() {
    return new AuthView(false, FIRST_REVISION, new TreeMap<>(BY_BYTES), new TreeMap<>(BY_BYTES));
  }

  /** Whether calls need an identity. */
  public boolean enabled() {
    return enabled;
  }

  /** Grows with every change of users, roles and permissions. */
  public long revision() {
    return revision;
  }

  /** By name, ascending; not to be changed. */
  public NavigableMap<String, User> users() {
    return Collections.unmodifiableNavigableMap(users);
  }

  /** By name, ascending; not to be changed. */
  public NavigableMap<String, Role> roles() {
    return Collections.unmodifiableNavigableMap(roles);
  }

  public @Nullable User user(String name) {
    return users.get(name);
  }

  public @Nullable Role role(String name) {
    return roles.get(name);
  }

  Grants grants(User user) {
    return grants.computeIfAbsent(user.name(), any -> Grants.of(user, roles));
  }

  /** A digest of everything in here; equal on members that agree. */
  public long digest() {
    long digest = 31 * revision + (enabled ? 1 : 0);
    for (User user : users.values()) {
      digest = 1_000_003 * digest + Arrays.hashCode(AuthRows.encode(user));
    }
    for (Role role : roles.values()) {
      digest = 1_000_003 * digest + Arrays.hashCode(AuthRows.encode(role));
    }
    return digest;
  }
}
