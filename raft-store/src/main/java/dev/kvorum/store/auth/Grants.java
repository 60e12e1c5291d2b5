package dev.kvorum.store.auth;

import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the roles of a user allow together. */
record Grants(KeyUnion reads, KeyUnion writes) {
  static Grants of(User user, Map<String, Role> roles) {
    List<KeyRange> reads = new ArrayList<>();
    List<KeyRange> writes = new ArrayList<>();
    for (String name : user.roles()) {
      Role role = roles.get(name);
      if (role != null) {
        for (Permission permission : role.permissions()) {
          if (permission.type().reads()) {
            reads.add(permission.range());
          }
          if (permission.type().writes()) {
            writes.add(permission.range());
          }
        }
      }
    }
    return new Grants(KeyUnion.of(reads), KeyUnion.of(writes));
  }
}
