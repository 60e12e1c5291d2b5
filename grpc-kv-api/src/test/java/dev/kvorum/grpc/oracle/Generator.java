package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.CompactionRequest;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.HashKVRequest;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseGrpc;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.LeaseLeasesRequest;
import dev.kvorum.proto.etcd.LeaseRevokeRequest;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes a sequence of steps from a seed, and from nothing else. */
final class Generator {
  private static final int CHECKPOINT_EVERY = 100;
  private static final int WIDE_EVERY = 6;
  private static final int JSON_PERCENT = 8;
  private static final int LARGE_VALUE_BYTES = 700_000;
  private static final long TOO_LONG_TTL = 9_000_000_001L;
  private static final long SHORT_LEASE = 0x7777;
  private static final List<Long> LEASE_IDS =
      List.of(1L, 2L, 3L, 7L, 16L, -5L, Long.MAX_VALUE, Long.MIN_VALUE);

  private final Random random;
  private final boolean wide;
  private final Requests requests;
  private final Profile profile;
  private final AuthSteps auth;
  private final AdminSteps admin;
  private final RecipeSteps recipes;
  private int nextLease;
  private int nextWatch;

  private Generator(long seed, Profile profile) {
    // Consecutive seeds must not begin alike.
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.wide = seed % WIDE_EVERY == 0;
    this.requests = new Requests(random, wide ? Keys.WIDE : Keys.ALL, this::anyLease);
    this.profile = profile;
    this.auth = new AuthSteps(random, requests);
    this.admin = new AdminSteps(random, requests, seed);
    this.recipes = new RecipeSteps(random);
  }

  static List<Step> steps(long seed, int count, Profile profile) {
    Generator generator = new Generator(seed, profile);
    List<Step> steps = new ArrayList<>(generator.begin());
    while (steps.size() < count) {
      steps.add(
          steps.size() % CHECKPOINT_EVERY == CHECKPOINT_EVERY - 1
              ? new Step.Checkpoint()
              : generator.next());
    }
    return steps;
  }

  /** A step that takes seconds, for now and then. */
  static Step expiry(long seed) {
    Generator generator = new Generator(seed, Profile.KV);
    List<com.google.protobuf.Message> puts = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      puts.add(PutRequest.newBuilder()
          .setKey(generator.requests.key())
          .setLease(SHORT_LEASE)
          .build());
    }
    return new Step.Expiry(From.client(0), SHORT_LEASE, puts);
  }

  /**
   * Values so large that a revision does not fit in one message of a watcher that asked for fragments, live and from the
   * past, beside watchers that did not ask.
   */
  static List<Step> large(long seed) {
    Generator generator = new Generator(seed, Profile.KV);
    List<Step> steps = new ArrayList<>();
    WatchCreateRequest.Builder watch = WatchCreateRequest.newBuilder()
        .setKey(ByteString.copyFromUtf8("large/"))
        .setRangeEnd(ByteString.copyFromUtf8("large0"))
        .setPrevKv(true);
    steps.add(
        new Step.WatchCreate(0, generator.nextWatch++, watch.setFragment(true).build()));
    steps.add(
        new Step.WatchCreate(0, generator.nextWatch++, watch.setFragment(false).build()));
    for (int i = 0; i < 3; i++) {
      TxnRequest.Builder txn = TxnRequest.newBuilder();
      for (int j = 0; j < 2; j++) {
        byte[] value = new byte[LARGE_VALUE_BYTES - generator.random.nextInt(1000)];
        generator.random.nextBytes(value);
        txn.addSuccess(RequestOp.newBuilder()
            .setRequestPut(PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("large/" + i + j))
                .setValue(ByteString.copyFrom(value))));
      }
      steps.add(new Step.Unary(1, KVGrpc.getTxnMethod(), txn.build()));
    }
    DeleteRangeRequest delete =
        DeleteRangeRequest.newBuilder().setKey(Keys.ZERO).setRangeEnd(Keys.ZERO).build();
    steps.add(new Step.Unary(1, KVGrpc.getDeleteRangeMethod(), delete));
    watch.setStartRevision(Symbols.current(-3));
    steps.add(
        new Step.WatchCreate(2, generator.nextWatch++, watch.setFragment(true).build()));
    steps.add(
        new Step.WatchCreate(2, generator.nextWatch++, watch.setFragment(false).build()));
    steps.add(new Step.Checkpoint());
    return steps;
  }

  private List<Step> begin() {
    List<Step> steps = new ArrayList<>();
    if (profile == Profile.RECIPES || profile == Profile.MIXED) {
      for (int i = 0; i < RecipeSteps.leases(); i++) {
        steps.add(recipes.begin(i));
      }
    }
    if (profile.hasUsers()) {
      steps.addAll(auth.begin());
    }
    return steps;
  }

  private Step next() {
    int client = random.nextInt(Duel.CLIENTS);
    return switch (profile.draw(random)) {
      case AUTH -> auth.next(client);
      case CLUSTER -> named(admin.cluster(client));
      case MAINTENANCE -> named(admin.maintenance(client));
      case RECIPES -> named(recipes.next(client));
      case DATA -> {
        Step step = data(client);
        boolean json = step instanceof Step.Unary && chance(JSON_PERCENT);
        yield named(json ? with(step, new From(client, Who.NOBODY, true)) : step);
      }
    };
  }

  /** The step in somebody's name, where there are users. */
  private Step named(Step step) {
    if (!profile.hasUsers()) {
      return step;
    }
    return switch (step) {
      case Step.Unary unary -> with(step, as(unary.from()));
      case Step.KeepAlive keepAlive -> with(step, as(keepAlive.from()));
      case Step.Turn turn -> with(step, as(turn.from()));
      case Step.Lead lead -> with(step, as(lead.from()));
      case Step.WatchCreate create -> with(step, as(create.from()));
      case Step.Hurried hurried -> {
        Who who = auth.who();
        yield new Step.Hurried(hurried.steps().stream()
            .map(each -> with(each, new From(0, who, false)))
            .toList());
      }
      default -> step;
    };
  }

  private From as(From from) {
    return new From(from.client(), auth.who(), from.json());
  }

  private static Step with(Step step, From from) {
    return switch (step) {
      case Step.Unary unary -> new Step.Unary(from, unary.method(), unary.request());
      case Step.KeepAlive keepAlive -> new Step.KeepAlive(from, keepAlive.request());
      case Step.Turn turn -> new Step.Turn(from, turn.method(), turn.request());
      case Step.Lead lead -> new Step.Lead(from, lead.method(), lead.request());
      case Step.WatchCreate create -> new Step.WatchCreate(from, create.handle(), create.request());
      default -> step;
    };
  }

  private Step data(int client) {
    int dice = random.nextInt(1000);
    if (dice < 40) {
      return new Step.Unary(client, KVGrpc.getRangeStreamMethod(), requests.rangeStream());
    } else if (dice < 230) {
      return new Step.Unary(client, KVGrpc.getRangeMethod(), requests.range(false));
    } else if (dice < 480) {
      return new Step.Unary(client, KVGrpc.getPutMethod(), requests.put());
    } else if (dice < 560) {
      return new Step.Unary(client, KVGrpc.getDeleteRangeMethod(), requests.delete());
    } else if (dice < 760) {
      TxnRequest txn = wide && chance(10) ? requests.manyPuts() : requests.txn();
      // One of the servers may run it, and the other not.
      boolean disputed = profile.hasUsers() && EmptyRanges.isIn(txn);
      return new Step.Unary(
          client, KVGrpc.getTxnMethod(), disputed ? Requests.neverTaken(txn) : txn);
    } else if (dice < 860) {
      return lease(client);
    } else if (dice < 875) {
      return new Step.Unary(client, KVGrpc.getCompactMethod(), compaction());
    } else if (dice < 880) {
      HashKVRequest hash =
          HashKVRequest.newBuilder().setRevision(requests.revision()).build();
      return new Step.Unary(client, MaintenanceGrpc.getHashKVMethod(), hash);
    } else {
      return watch(client);
    }
  }

  private Step watch(int client) {
    int dice = random.nextInt(100);
    if (dice < 60) {
      return new Step.WatchCreate(client, nextWatch++, watchCreate());
    } else if (dice < 78) {
      int handle = nextWatch == 0 ? 0 : random.nextInt(nextWatch);
      return new Step.WatchCancel(client, handle, random.nextBoolean());
    } else if (dice < 82) {
      return new Step.WatchCancelUnknown(From.client(client), 9_999_999);
    } else if (dice < 85) {
      return new Step.WatchNothing(From.client(client));
    } else {
      return new Step.WatchProgress(From.client(client));
    }
  }

  private WatchCreateRequest watchCreate() {
    WatchCreateRequest.Builder create = WatchCreateRequest.newBuilder();
    ByteString key = requests.keyOrEmpty();
    create.setKey(key).setRangeEnd(requests.rangeEnd(key));
    if (chance(60)) {
      create.setStartRevision(
          switch (random.nextInt(12)) {
            case 0 -> Symbols.compacted(random.nextInt(4) - 2);
            case 1 -> Symbols.current(0);
            case 2 -> Symbols.current(1);
            case 3 -> Symbols.current(random.nextInt(50));
            case 4 -> -1 - random.nextInt(3);
            case 5 -> 1;
            default -> Symbols.current(-random.nextInt(50));
          });
    }
    create.setPrevKv(chance(50)).setFragment(chance(15)).setProgressNotify(chance(15));
    if (chance(15)) {
      create.addFilters(WatchCreateRequest.FilterType.NOPUT);
    }
    if (chance(15)) {
      create.addFilters(WatchCreateRequest.FilterType.NODELETE);
    }
    if (chance(20)) {
      create.setWatchId(
          List.of(1L, 2L, 3L, 5L, 100L, -1L, -3L, Long.MAX_VALUE).get(random.nextInt(8)));
    }
    return create.build();
  }

  private CompactionRequest compaction() {
    long revision = switch (random.nextInt(14)) {
      case 0 -> 0;
      case 1 -> -1 - random.nextInt(2);
      case 2 -> Symbols.current(1 + random.nextInt(3));
      case 3 -> Symbols.current(0);
      case 4 -> Symbols.compacted(0);
      case 5 -> Symbols.compacted(1);
      case 6 -> Symbols.compacted(-1);
      default -> Symbols.current(-random.nextInt(40));
    };
    return CompactionRequest.newBuilder()
        .setRevision(revision)
        .setPhysical(chance(50))
        .build();
  }

  private Step lease(int client) {
    int dice = random.nextInt(100);
    if (dice < 35) {
      return new Step.Unary(client, LeaseGrpc.getLeaseGrantMethod(), grant());
    } else if (dice < 50) {
      LeaseRevokeRequest revoke =
          LeaseRevokeRequest.newBuilder().setID(anyLease()).build();
      return new Step.Unary(client, LeaseGrpc.getLeaseRevokeMethod(), revoke);
    } else if (dice < 70) {
      return new Step.Unary(client, LeaseGrpc.getLeaseTimeToLiveMethod(), timeToLive(anyLease()));
    } else if (dice < 80) {
      LeaseLeasesRequest list = LeaseLeasesRequest.getDefaultInstance();
      return new Step.Unary(client, LeaseGrpc.getLeaseLeasesMethod(), list);
    } else if (dice < 97) {
      return keepAlive(client, anyLease());
    } else {
      return shortLease(client);
    }
  }

  private LeaseGrantRequest grant() {
    long ttl = switch (random.nextInt(12)) {
      case 0 -> TOO_LONG_TTL;
      case 1 -> TOO_LONG_TTL - 1;
      case 2 -> Long.MAX_VALUE;
      default -> 1000 + random.nextInt(100_000);
    };
    long id = chance(25) ? Symbols.lease(nextLease++) : explicitLease();
    return LeaseGrantRequest.newBuilder().setTTL(ttl).setID(id).build();
  }

  /** The lease TTLs that are raised to the minimum, which is too short for anything but a look. */
  private Step shortLease(int client) {
    long ttl = List.of(0L, 1L, 2L, -1L, Long.MIN_VALUE).get(random.nextInt(5));
    LeaseGrantRequest grant =
        LeaseGrantRequest.newBuilder().setTTL(ttl).setID(SHORT_LEASE).build();
    PutRequest put =
        PutRequest.newBuilder().setKey(requests.key()).setLease(SHORT_LEASE).build();
    LeaseRevokeRequest revoke =
        LeaseRevokeRequest.newBuilder().setID(SHORT_LEASE).build();
    return new Step.Hurried(List.of(
        new Step.Unary(client, LeaseGrpc.getLeaseGrantMethod(), grant),
        new Step.Unary(client, KVGrpc.getPutMethod(), put),
        keepAlive(client, SHORT_LEASE),
        new Step.Unary(client, LeaseGrpc.getLeaseTimeToLiveMethod(), timeToLive(SHORT_LEASE)),
        new Step.Unary(client, LeaseGrpc.getLeaseRevokeMethod(), revoke)));
  }

  private LeaseTimeToLiveRequest timeToLive(long id) {
    return LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(chance(70)).build();
  }

  private static Step keepAlive(int client, long id) {
    return new Step.KeepAlive(
        From.client(client), LeaseKeepAliveRequest.newBuilder().setID(id).build());
  }

  private long anyLease() {
    return nextLease > 0 && chance(30) ? Symbols.lease(random.nextInt(nextLease)) : explicitLease();
  }

  private long explicitLease() {
    return LEASE_IDS.get(random.nextInt(LEASE_IDS.size()));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }
}
