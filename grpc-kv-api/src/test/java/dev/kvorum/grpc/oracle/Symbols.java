package dev.kvorum.grpc.oracle;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.HashKVResponse;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseLeasesResponse;
import dev.kvorum.proto.etcd.LeaseStatus;
import dev.kvorum.proto.etcd.LeaseTimeToLiveResponse;
import dev.kvorum.proto.etcd.ResponseHeader;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers that stand for something known only when a step runs, and their translation in both directions.
 *
 * <p>A step is made before anything ran, so it cannot know revisions or the ids that a server chooses. It holds numbers
 * from three windows far away from everything else: relative to the current revision, relative to the compact revision,
 * and handles of leases. {@link #resolve} puts the real numbers in; {@link Side#normalize} does the opposite for lease
 * ids and removes what two healthy servers may differ in.
 */
final class Symbols {
  /** Half the width of a window. */
  private static final long REACH = 1 << 20;

  private static final long CURRENT = 1L << 44;
  private static final long COMPACTED = 1L << 45;
  private static final long LEASE = 1L << 46;

  /** Sent for a lease handle whose grant was left out; never granted. */
  private static final long NO_SUCH_LEASE = 424_242;

  /** How far below the granted TTL a lease of the sequences may be; all of them live much longer. */
  private static final long TTL_SLACK_SECONDS = 240;

  /** How much more than was granted a lease may get when its leader changes. */
  private static final long TTL_EXTENSION_SECONDS = 5;

  private Symbols() {}

  /** The current revision plus {@code delta}. */
  static long current(long delta) {
    return CURRENT + delta;
  }

  /** The compact revision plus {@code delta}. */
  static long compacted(long delta) {
    return COMPACTED + delta;
  }

  /** The lease whose id the server chose at the grant with this handle. */
  static long lease(int handle) {
    return LEASE + handle;
  }

  private static boolean within(long value, long base) {
    return value >= base - REACH && value <= base + REACH;
  }

  static boolean isLease(long value) {
    return within(value, LEASE);
  }

  /** Replaces every symbol in {@code message}, at any depth. */
  static Message resolve(Message message, long revision, long compactRevision, Side side) {
    boolean grant = message instanceof LeaseGrantRequest;
    Message.Builder changed = message.toBuilder();
    for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
      FieldDescriptor field = entry.getKey();
      switch (field.getJavaType()) {
        case LONG -> {
          long value = (Long) entry.getValue();
          if (within(value, CURRENT)) {
            changed.setField(field, value - CURRENT + revision);
          } else if (within(value, COMPACTED)) {
            changed.setField(field, value - COMPACTED + compactRevision);
          } else if (within(value, LEASE)) {
            changed.setField(field, grant ? 0L : side.actual.getOrDefault(value, NO_SUCH_LEASE));
          }
        }
        case MESSAGE -> {
          if (field.isRepeated()) {
            int index = 0;
            for (Object each : (List<?>) entry.getValue()) {
              Message resolved = resolve((Message) each, revision, compactRevision, side);
              changed.setRepeatedField(field, index++, resolved);
            }
          } else {
            Message inner = (Message) entry.getValue();
            changed.setField(field, resolve(inner, revision, compactRevision, side));
          }
        }
        case INT, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING, ENUM -> {}
      }
    }
    return changed.build();
  }

  /** The lease ids that one server chose. Confined to the thread that runs the duel. */
  static final class Side {
    private final Map<Long, Long> actual = new HashMap<>();
    private final Map<Long, Long> symbol = new HashMap<>();

    void bind(long leaseSymbol, long id) {
      actual.put(leaseSymbol, id);
      symbol.put(id, leaseSymbol);
    }

    private long symbolOf(long id) {
      return symbol.getOrDefault(id, id);
    }

    /**
     * The message with everything taken out that may differ between two servers that behave alike: identities become 1
     * when present, lease ids that the server chose become their handles, sets are sorted, a lease's remaining time is
     * rounded up to what was granted.
     */
    Message normalize(Message message) {
      return switch (message) {
        case ResponseHeader header ->
          header.toBuilder()
              .setClusterId(header.getClusterId() == 0 ? 0 : 1)
              .setMemberId(header.getMemberId() == 0 ? 0 : 1)
              .setRaftTerm(header.getRaftTerm() == 0 ? 0 : 1)
              .build();
        // Covers lease ids and is each implementation's own; only members of one cluster compare
        // it.
        case HashKVResponse hash -> normalizeFields(hash.toBuilder().setHash(1).build());
        case LeaseLeasesResponse leases -> normalize(leases);
        case LeaseTimeToLiveResponse timeToLive -> normalize(timeToLive);
        default -> normalizeFields(message);
      };
    }

    private Message normalize(LeaseLeasesResponse leases) {
      List<LeaseStatus> sorted = leases.getLeasesList().stream()
          .map(lease -> lease.toBuilder().setID(symbolOf(lease.getID())).build())
          .sorted(Comparator.comparingLong(LeaseStatus::getID))
          .toList();
      return normalizeFields(
          leases.toBuilder().clearLeases().addAllLeases(sorted).build());
    }

    private Message normalize(LeaseTimeToLiveResponse response) {
      LeaseTimeToLiveResponse.Builder changed = response.toBuilder();
      long spent = response.getGrantedTTL() - response.getTTL();
      if (response.getTTL() > 0 && spent >= -TTL_EXTENSION_SECONDS && spent <= TTL_SLACK_SECONDS) {
        changed.setTTL(response.getGrantedTTL());
      }
      changed.clearKeys();
      response.getKeysList().stream().sorted(Keys.ORDER).forEach(changed::addKeys);
      return normalizeFields(changed.build());
    }

    private Message normalizeFields(Message message) {
      Message.Builder changed = message.toBuilder();
      for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
        FieldDescriptor field = entry.getKey();
        if (field.getJavaType() == FieldDescriptor.JavaType.LONG
            && (field.getName().equals("lease") || field.getName().equals("ID"))) {
          changed.setField(field, symbolOf((Long) entry.getValue()));
        } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
          if (field.isRepeated()) {
            int index = 0;
            for (Object each : (List<?>) entry.getValue()) {
              changed.setRepeatedField(field, index++, normalize((Message) each));
            }
          } else {
            changed.setField(field, normalize((Message) entry.getValue()));
          }
        }
      }
      return changed.build();
    }
  }
}
