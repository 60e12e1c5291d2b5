package dev.kvorum.store.auth;

import dev.kvorum.store.Permission;
import java.util.List;

/**
 * A role.
 *
 * @param name not empty
 * @param permissions by ascending key, those on one key as they were granted; no two of the same range
 */
public record Role(String name, List<Permission> permissions) {
  public Role {
    permissions = List.copyOf(permissions);
  }
}
