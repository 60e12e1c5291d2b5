package dev.kvorum.apiserver.auth;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who a request is from.
 *
 * @param uid empty if there is none
 * @param extra whatever else the way of authentication says of the user
 */
public record User(String name, String uid, List<String> groups, Map<String, List<String>> extra) {
  /** Of everybody who said who they are and were believed. */
  public static final String AUTHENTICATED = "system:authenticated";

  /** Of those who did not say. */
  public static final String UNAUTHENTICATED = "system:unauthenticated";

  /** Whose members may do everything, whatever the rules say. */
  public static final String MASTERS = "system:masters";

  /** Who did not say who they are. */
  public static final User ANONYMOUS =
      new User("system:anonymous", "", List.of(UNAUTHENTICATED), Map.of());

  public User {
    groups = List.copyOf(groups);
    Map<String, List<String>> copy = new LinkedHashMap<>();
    extra.forEach((key, values) -> copy.put(key, List.copyOf(values)));
    extra = Map.copyOf(copy);
  }

  /** A user of whom nothing else is known. */
  public static User of(String name, String... groups) {
    return new User(name, "", List.of(groups), Map.of());
  }

  public boolean isIn(String group) {
    return groups.contains(group);
  }

  /** The same, in the group of those who are authenticated. */
  User authenticated() {
    if (isIn(AUTHENTICATED) || isIn(UNAUTHENTICATED)) {
      return this;
    }
    List<String> more = new ArrayList<>(groups);
    more.add(AUTHENTICATED);
    return new User(name, uid, more, extra);
  }
}
