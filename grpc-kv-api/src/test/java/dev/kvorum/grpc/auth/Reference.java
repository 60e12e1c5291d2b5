package dev.kvorum.grpc.auth;

import dev.kvorum.proto.etcd.Permission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Says who may do what in another way than the product: by cutting the keys at every bound that anybody named and looking
 * at the pieces one by one.
 */
final class Reference {
  /** "\0" as an end means no end; an empty end means the key alone. */
  record Range(String key, String end) {
    boolean isUpsideDown() {
      return !end.isEmpty() && !end.equals("\0") && key.compareTo(end) >= 0;
    }

    /** Whether the piece that begins at {@code start} is in here; all pieces are in or out as a whole. */
    boolean holds(String start) {
      return start.compareTo(key) >= 0
          && (end.equals("\0") || start.compareTo(end.isEmpty() ? key + "\0" : end) < 0);
    }
  }

  record Grant(Permission.Type type, Range range) {}

  private final List<Grant> grants;

  Reference(List<Grant> grants) {
    this.grants = grants;
  }

  boolean reads(Range range) {
    return covers(range, Permission.Type.READ);
  }

  boolean writes(Range range) {
    return covers(range, Permission.Type.WRITE);
  }

  private boolean covers(Range wanted, Permission.Type type) {
    List<Range> granted = new ArrayList<>();
    TreeSet<String> cuts = new TreeSet<>();
    cut(cuts, wanted);
    for (Grant grant : grants) {
      if (grant.type == type || grant.type == Permission.Type.READWRITE) {
        granted.add(grant.range);
        cut(cuts, grant.range);
      }
    }
    for (String piece : cuts) {
      // Upside down there is no piece in it: its first key is what counts.
      boolean asked = wanted.isUpsideDown() ? piece.equals(wanted.key) : wanted.holds(piece);
      if (asked && granted.stream().noneMatch(range -> range.holds(piece))) {
        return false;
      }
    }
    return true;
  }

  private static void cut(Set<String> cuts, Range range) {
    cuts.add(range.key);
    if (range.end.isEmpty()) {
      cuts.add(range.key + "\0");
    } else if (!range.end.equals("\0")) {
      cuts.add(range.end);
    }
  }
}
