package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.KeyValue;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeRequest.SortTarget;
import dev.kvorum.proto.etcd.RangeResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The order of keys that are equal in what they are sorted by. Go's sort keeps it for up to twelve items and mixes them
 * above, so nobody can depend on it.
 */
final class SortTies {
  private static final int KEPT_UP_TO = 12;

  private SortTies() {}

  /** The reply with equal keys in one order, and those at a limit, which are any of the equal ones, without identity. */
  static Message canonical(Message request, Message reply) {
    return Ranges.map(request, reply, SortTies::canonical);
  }

  private static RangeResponse canonical(RangeRequest request, RangeResponse response) {
    SortTarget target = request.getSortTarget();
    if (target == SortTarget.KEY || response.getCount() <= KEPT_UP_TO) {
      return response;
    }
    boolean unknown = target == SortTarget.VALUE && request.getKeysOnly();
    List<KeyValue> sorted = new ArrayList<>();
    List<KeyValue> equal = new ArrayList<>();
    for (KeyValue key : response.getKvsList()) {
      if (!equal.isEmpty() && !unknown && !sameIn(target, equal.get(0), key)) {
        equal.sort(Comparator.comparing(KeyValue::getKey, Keys.ORDER));
        sorted.addAll(equal);
        equal.clear();
      }
      equal.add(key);
    }
    if (response.getMore()) {
      equal.replaceAll(key -> only(target, key));
    } else {
      equal.sort(Comparator.comparing(KeyValue::getKey, Keys.ORDER));
    }
    sorted.addAll(equal);
    return response.toBuilder().clearKvs().addAllKvs(sorted).build();
  }

  private static boolean sameIn(SortTarget target, KeyValue one, KeyValue other) {
    return only(target, one).equals(only(target, other));
  }

  private static KeyValue only(SortTarget target, KeyValue key) {
    KeyValue.Builder only = KeyValue.newBuilder();
    return switch (target) {
      case VERSION -> only.setVersion(key.getVersion()).build();
      case CREATE -> only.setCreateRevision(key.getCreateRevision()).build();
      case MOD -> only.setModRevision(key.getModRevision()).build();
      case VALUE -> only.setValue(key.getValue()).build();
      case KEY, UNRECOGNIZED -> key;
    };
  }
}
