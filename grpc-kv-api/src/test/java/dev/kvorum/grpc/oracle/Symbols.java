package dev.kvorum.grpc.oracle;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AlarmMember;
import dev.kvorum.proto.etcd.AuthenticateResponse;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.HashKVResponse;
import dev.kvorum.proto.etcd.HashResponse;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseLeasesResponse;
import dev.kvorum.proto.etcd.LeaseStatus;
import dev.kvorum.proto.etcd.LeaseTimeToLiveResponse;
import dev.kvorum.proto.etcd.Member;
import dev.kvorum.proto.etcd.MemberListRequest;
import dev.kvorum.proto.etcd.MemberListResponse;
import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.proto.etcd.SnapshotResponse;
import dev.kvorum.proto.etcd.StatusResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/**
 * Numbers that stand for something known only when a step runs, and their translation in both directions.
 *
 * <p>A step is made before anything ran, so it cannot know revisions or the ids that a server chooses. It holds numbers
 * from windows far away from everything else: relative to the current revision, relative to the compact revision, handles of
 * leases and of members. {@link #resolve} puts the real numbers in; {@link Side#normalize} does the opposite for lease
 * ids and removes what two healthy servers may differ in.
 */
final class Symbols {
  private static final int MEETINGS = 2000;
  private static final long MEETING_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Half the width of a window. */
  private static final long REACH = 1 << 20;

  private static final long CURRENT = 1L << 44;
  private static final long COMPACTED = 1L << 45;
  private static final long LEASE = 1L << 46;

  private static final long MEMBER = 1L << 47;

  /** Stands for the member's own peer URL, and for its client URL. */
  static final String OWN_PEER_URL = "own-peer-url";

  private static final String OWN_CLIENT_URL = "own-client-url";

  private static final Pattern MEMBER_IN_TEXT = Pattern.compile("memberID:(\\d+)");

  /** What is sent in the name of a user who got no token: etcd waits for the entry whose number is at its end. */
  private static final String NO_TOKEN = "zzzzzzzzzzzzzzzz.1";

  /** Sent for a lease handle whose grant was left out; never granted. */
  private static final long NO_SUCH_LEASE = 424_242;

  /** How far below the granted TTL a lease of the sequences may be; all of them live much longer. */
  private static final long TTL_SLACK_SECONDS = 240;

  /** How much more than was granted a lease may get when its leader changes. */
  private static final long TTL_EXTENSION_SECONDS = 5;

  private static final Set<String> NAMES_OF_IDS = Set.of("lease", "ID", "memberID");

  /** Brings members and their alarms in an order; leaves everything else as it is. */
  private static final Comparator<Message> BY_ID =
      Comparator.comparingLong(message -> switch (message) {
        case Member member -> member.getID();
        case AlarmMember alarm -> alarm.getMemberID() * 4 + alarm.getAlarmValue();
        default -> 0;
      });

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

  /** The member that was added with this handle; 0 is the member that answers. */
  static long member(int handle) {
    return MEMBER + handle;
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
          } else if (within(value, MEMBER)) {
            changed.setField(field, side.actual.getOrDefault(value, NO_SUCH_LEASE));
          }
        }
        case STRING -> {
          if (field.isRepeated()) {
            List<?> texts = (List<?>) entry.getValue();
            for (int i = 0; i < texts.size(); i++) {
              changed.setRepeatedField(field, i, side.resolve((String) texts.get(i)));
            }
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
        case INT, FLOAT, DOUBLE, BOOLEAN, BYTE_STRING, ENUM -> {}
      }
    }
    return changed.build();
  }

  /** What one server chose: ids, tokens. Confined to the thread that runs the duel. */
  static final class Side {
    private final Map<Long, Long> actual = new HashMap<>();
    private final Map<Long, Long> symbol = new HashMap<>();
    private final Map<String, Deque<String>> tokens = new HashMap<>();
    private long cluster;
    private long self;
    private String peerUrl = OWN_PEER_URL;
    private String clientUrl = OWN_CLIENT_URL;

    /** Asks a server of one member who it is; it tells its clients' URL soon after its start. */
    void meet(Endpoint endpoint) {
      MemberListRequest request =
          MemberListRequest.newBuilder().setLinearizable(true).build();
      for (int tries = 0; tries < MEETINGS; tries++) {
        Answer answer =
            endpoint.call(0, ClusterGrpc.getMemberListMethod(), request).join();
        if (answer instanceof Answer.Reply reply
            && reply.message() instanceof MemberListResponse list
            && list.getMembersCount() == 1
            && list.getMembers(0).getClientURLsCount() == 1) {
          Member member = list.getMembers(0);
          self = member.getID();
          cluster = list.getHeader().getClusterId();
          bind(Symbols.member(0), self);
          peerUrl = member.getPeerURLs(0);
          clientUrl = member.getClientURLs(0);
          return;
        }
        LockSupport.parkNanos(MEETING_PAUSE_NANOS);
      }
      throw new IllegalStateException("no member has said who it is");
    }

    /** Notes that {@code user} got a token. */
    void issued(String user, String token) {
      tokens.computeIfAbsent(user, key -> new ArrayDeque<>()).addFirst(token);
    }

    void forgetTokens() {
      tokens.clear();
    }

    /** What is sent in the name of {@code who}. */
    Who.Credential credential(Who who) {
      if (who.isNobody()) {
        return Who.Credential.NONE;
      }
      String token = tokens.getOrDefault(who.user(), new ArrayDeque<>()).stream()
          .skip(who.age())
          .findFirst()
          .orElse(NO_TOKEN);
      return new Who.Credential(who.form(), token);
    }

    private String resolve(String text) {
      return text.equals(OWN_PEER_URL) ? peerUrl : text;
    }

    private String normalize(String text) {
      if (text.equals(peerUrl)) {
        return OWN_PEER_URL;
      }
      if (text.equals(clientUrl)) {
        return OWN_CLIENT_URL;
      }
      return MEMBER_IN_TEXT
          .matcher(text)
          .replaceAll(id -> "memberID:" + symbolOf(Long.parseUnsignedLong(id.group(1))));
    }

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
              .setClusterId(own(header.getClusterId(), cluster))
              .setMemberId(own(header.getMemberId(), self))
              .setRaftTerm(header.getRaftTerm() == 0 ? 0 : 1)
              .build();
        // Covers lease ids and is each implementation's own; only members of one cluster compare
        // it.
        case HashKVResponse hash -> normalizeFields(hash.toBuilder().setHash(1).build());
        case HashResponse hash -> normalizeFields(hash.toBuilder().setHash(1).build());
        case StatusResponse status -> normalize(status);
        case AuthenticateResponse authenticated ->
          normalizeFields(authenticated.toBuilder()
              .setToken(authenticated.getToken().isEmpty() ? "" : "token")
              .build());
        // When the storage's version is decided is a matter of seconds after the start.
        case SnapshotResponse snapshot ->
          normalizeFields(snapshot.toBuilder().clearVersion().build());
        case LeaseLeasesResponse leases -> normalize(leases);
        case LeaseTimeToLiveResponse timeToLive -> normalize(timeToLive);
        default -> normalizeFields(message);
      };
    }

    /** 0 if absent, 1 if it is the server's own, 2 if it is another. */
    private static long own(long id, long expected) {
      if (id == 0) {
        return 0;
      }
      return id == expected || expected == 0 ? 1 : 2;
    }

    private Message normalize(StatusResponse status) {
      return normalizeFields(status.toBuilder()
          .setDbSize(Long.signum(status.getDbSize()))
          .setDbSizeInUse(status.getDbSizeInUse() <= status.getDbSize() ? 1 : 2)
          .setRaftIndex(Long.signum(status.getRaftIndex()))
          .setRaftAppliedIndex(Long.signum(status.getRaftAppliedIndex()))
          .setRaftTerm(status.getRaftTerm() == 0 ? 0 : 1)
          .setLeader(symbolOf(status.getLeader()))
          .clearStorageVersion()
          .clearErrors()
          .addAllErrors(
              // Go prints one or two spaces, by its build.
              status.getErrorsList().stream()
                  .map(each -> normalize(each.replaceAll(" +", " ")))
                  .sorted()
                  .toList())
          .build());
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
            && NAMES_OF_IDS.contains(field.getName())) {
          changed.setField(field, symbolOf((Long) entry.getValue()));
        } else if (field.getJavaType() == FieldDescriptor.JavaType.STRING && field.isRepeated()) {
          int index = 0;
          for (Object each : (List<?>) entry.getValue()) {
            changed.setRepeatedField(field, index++, normalize((String) each));
          }
        } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
          if (field.isRepeated()) {
            List<Message> normalized = new ArrayList<>();
            for (Object each : (List<?>) entry.getValue()) {
              normalized.add(normalize((Message) each));
            }
            normalized.sort(BY_ID);
            changed.setField(field, normalized);
          } else {
            changed.setField(field, normalize((Message) entry.getValue()));
          }
        }
      }
      return changed.build();
    }
  }
}
