package dev.kvorum.grpc.auth;

import static dev.kvorum.grpc.auth.Member.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kvorum.grpc.auth.Reference.Grant;
import dev.kvorum.grpc.auth.Reference.Range;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthUserChangePasswordRequest;
import dev.kvorum.proto.etcd.ClusterGrpc;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.DeleteRangeRequest;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import dev.kvorum.proto.etcd.LeaseLeasesRequest;
import dev.kvorum.proto.etcd.LeaseRevokeRequest;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.Permission;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.proto.etcd.WatchRequest;
import dev.kvorum.proto.etcd.WatchResponse;
import io.grpc.CallOptions;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that can be asked, in every form, at every depth, by every kind of caller, against {@link Reference}. A cell
 * is right if the call is refused for the very reason that is expected, or not for a reason of this kind.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RbacMatrixIT {
  /** How a call ended, as far as this is about who called. */
  enum Verdict {
    ALLOWED,
    NO_NAME,
    BAD_TOKEN,
    DENIED
  }

  private static final Map<String, Verdict> TEXTS = Map.of(
      "INVALID_ARGUMENT etcdserver: user name is empty", Verdict.NO_NAME,
      "UNAUTHENTICATED etcdserver: invalid auth token", Verdict.BAD_TOKEN,
      "PERMISSION_DENIED etcdserver: permission denied", Verdict.DENIED);

  private static final List<Range> RANGES = List.of(
      new Range("k/a", ""),
      new Range("k/b", ""),
      new Range("k/d", ""),
      new Range("z", ""),
      new Range("\0", ""),
      new Range("k/a", "k/c"),
      new Range("k/b", "k/f"),
      new Range("k/d", "k/g"),
      new Range("k/", "k0"),
      new Range("k/a", "z"),
      new Range("k/b", "\0"),
      new Range("x", "\0"),
      new Range("\0", "\0"),
      new Range("k/c", "k/a"),
      new Range("k/b", "k/b"),
      new Range("z", "k/b"));

  private static final List<String> PUT_KEYS = List.of("k/a", "k/c", "k/e", "z");
  private static final int DEPTH = 4;

  private Member member;
  private Member.As root;
  private long ownLease;
  private long foreignLease;
  private final Map<String, Caller> callers = new LinkedHashMap<>();
  private final List<String> wrong = new ArrayList<>();
  private int cells;

  /**
   * Someone who calls.
   *
   * @param unable why nothing is allowed; null for a user
   * @param root whether everything is
   */
  private record Caller(
      Member.As as,
      @org.jspecify.annotations.Nullable Verdict unable,
      boolean root,
      Reference grants) {}

  @BeforeAll
  void start(@TempDir Path home) throws Exception {
    member = Member.start(home);
    root = member.enable();
    user("without");
    user("reader", new Grant(Permission.Type.READ, new Range("k/", "k0")));
    user("writer", new Grant(Permission.Type.WRITE, new Range("k/", "k0")));
    user(
        "partial",
        new Grant(Permission.Type.READWRITE, new Range("k/b", "")),
        new Grant(Permission.Type.READ, new Range("k/d", "k/g")));
    user(
        "union",
        new Grant(Permission.Type.READWRITE, new Range("k/a", "k/c")),
        new Grant(Permission.Type.READ, new Range("k/c", "k/d")),
        new Grant(Permission.Type.READWRITE, new Range("k/d", "k/h")),
        new Grant(Permission.Type.WRITE, new Range("k/c", "k/d")),
        new Grant(Permission.Type.READ, new Range("x", "\0")));
    root.addUser("gone");
    String gone = member.token("gone", "gone");
    root.auth()
        .userChangePassword(AuthUserChangePasswordRequest.newBuilder()
            .setName("gone")
            .setPassword("other")
            .build());
    Reference nothing = new Reference(List.of());
    callers.put("nobody", new Caller(member.nobody(), Verdict.NO_NAME, false, nothing));
    callers.put(
        "bad token",
        new Caller(member.with("ABCDEFGHIJKLMNOP.5"), Verdict.BAD_TOKEN, false, nothing));
    callers.put("ended token", new Caller(member.with(gone), Verdict.BAD_TOKEN, false, nothing));
    for (String name : List.of("without", "reader", "writer", "partial", "union")) {
      callers.put(
          name,
          new Caller(
              member.login(name, name),
              null,
              false,
              new Reference(grants.getOrDefault(name, List.of()))));
    }
    callers.put("root", new Caller(root, null, true, nothing));
    ownLease = root.lease()
        .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(9_000).build())
        .getID();
    foreignLease = root.lease()
        .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(9_000).build())
        .getID();
    restore();
  }

  private final Map<String, List<Grant>> grants = new LinkedHashMap<>();

  /** One role per grant, so that what counts is their union. */
  private void user(String name, Grant... granted) {
    root.addUser(name);
    grants.put(name, List.of(granted));
    for (int i = 0; i < granted.length; i++) {
      String role = name + i;
      root.addRole(role);
      Range range = granted[i].range();
      root.grant(role, granted[i].type(), range.key(), range.end());
      root.auth()
          .userGrantRole(dev.kvorum.proto.etcd.AuthUserGrantRoleRequest.newBuilder()
              .setUser(name)
              .setRole(role)
              .build());
    }
  }

  /** Puts the keys back that hang on leases: k/b on one of them, z on the other. */
  private void restore() {
    root.kv()
        .put(PutRequest.newBuilder().setKey(bytes("k/b")).setLease(ownLease).build());
    root.kv()
        .put(PutRequest.newBuilder().setKey(bytes("z")).setLease(foreignLease).build());
  }

  @AfterAll
  void stop() {
    member.close();
  }

  @Test
  void everyCellIsAsTheReferenceSays() {
    keys();
    puts();
    watches();
    leases();
    byName();
    System.out.println("RBAC matrix: " + cells + " cells, " + wrong.size() + " wrong");
    assertThat(wrong).isEmpty();
    assertThat(cells).isGreaterThanOrEqualTo(5_000);
  }

  // ---- ranges of keys ----

  private void keys() {
    for (Map.Entry<String, Caller> who : callers.entrySet()) {
      Caller caller = who.getValue();
      for (Range range : RANGES) {
        boolean reads = caller.root || caller.grants.reads(range);
        boolean writes = caller.root || caller.grants.writes(range);
        RangeRequest get = get(range);
        cell(
            who.getKey() + " gets " + range, caller, reads, () -> caller.as.kv().range(get));
        RangeRequest near = get.toBuilder().setSerializable(true).setLimit(1).build();
        cell(
            who.getKey() + " gets near " + range,
            caller,
            reads,
            () -> caller.as.kv().range(near));
        cell(
            who.getKey() + " deletes " + range,
            caller,
            writes,
            true,
            () -> caller.as.kv().deleteRange(delete(range, false)));
        cell(
            who.getKey() + " deletes and sees " + range,
            caller,
            writes && reads,
            true,
            () -> caller.as.kv().deleteRange(delete(range, true)));
        for (int depth = 0; depth <= DEPTH; depth++) {
          for (boolean success : new boolean[] {true, false}) {
            String at = who.getKey() + " at " + depth + (success ? "+ " : "- ") + range;
            TxnRequest.Builder compares = TxnRequest.newBuilder().addCompare(compare(range));
            txn(at + " compare", caller, reads, nest(compares.build(), depth, success));
            txn(at + " get", caller, reads, nest(op(get), depth, success));
            txn(at + " delete", caller, writes, nest(op(delete(range, false)), depth, success));
            txn(
                at + " delete and see",
                caller,
                writes && reads,
                nest(op(delete(range, true)), depth, success));
          }
        }
      }
    }
  }

  private void puts() {
    for (Map.Entry<String, Caller> who : callers.entrySet()) {
      Caller caller = who.getValue();
      for (String key : PUT_KEYS) {
        Range range = new Range(key, "");
        boolean reads = caller.root || caller.grants.reads(range);
        boolean writes = caller.root || caller.grants.writes(range);
        boolean own = caller.root || caller.grants.writes(new Range("k/b", ""));
        boolean foreign = caller.root || caller.grants.writes(new Range("z", ""));
        PutRequest plain = PutRequest.newBuilder().setKey(bytes(key)).build();
        Map<PutRequest, Boolean> forms = new LinkedHashMap<>();
        forms.put(plain, writes);
        forms.put(plain.toBuilder().setPrevKv(true).build(), writes && reads);
        forms.put(plain.toBuilder().setIgnoreValue(true).build(), writes);
        forms.put(plain.toBuilder().setIgnoreLease(true).build(), writes);
        forms.put(plain.toBuilder().setLease(ownLease).build(), writes && own);
        forms.put(plain.toBuilder().setLease(foreignLease).build(), writes && foreign);
        forms.put(plain.toBuilder().setLease(77).build(), writes); // there is no such lease
        forms.forEach((put, allowed) -> {
          String what = who.getKey() + " puts " + put.toString().replace('\n', ' ');
          cell(what, caller, allowed, true, () -> caller.as.kv().put(put));
          for (int depth = 0; depth <= DEPTH; depth++) {
            for (boolean success : new boolean[] {true, false}) {
              txn(
                  what + " at " + depth + success,
                  caller,
                  allowed,
                  nest(RequestOp.newBuilder().setRequestPut(put).build(), depth, success));
            }
          }
        });
      }
    }
  }

  private void txn(String what, Caller caller, boolean allowed, TxnRequest request) {
    cell(what, caller, allowed, true, () -> caller.as.kv().txn(request));
  }

  private static TxnRequest nest(RequestOp innermost, int depth, boolean success) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    return nest(
        (success ? txn.addSuccess(innermost) : txn.addFailure(innermost)).build(), depth, success);
  }

  private static TxnRequest nest(TxnRequest innermost, int depth, boolean success) {
    TxnRequest txn = innermost;
    for (int i = 0; i < depth; i++) {
      RequestOp op = RequestOp.newBuilder().setRequestTxn(txn).build();
      TxnRequest.Builder outer = TxnRequest.newBuilder();
      txn = (success ? outer.addSuccess(op) : outer.addFailure(op)).build();
    }
    return txn;
  }

  // ---- streams ----

  private void watches() {
    for (Map.Entry<String, Caller> who : callers.entrySet()) {
      Caller caller = who.getValue();
      Answers<WatchResponse> answers = new Answers<>();
      StreamObserver<WatchRequest> requests = caller.as.watch().watch(answers);
      for (Range range : RANGES) {
        if (range.isUpsideDown()) {
          continue; // refused for another reason, which streams tell in another way
        }
        boolean reads = caller.root || caller.grants.reads(range);
        requests.onNext(WatchRequest.newBuilder()
            .setCreateRequest(WatchCreateRequest.newBuilder()
                .setKey(bytes(range.key()))
                .setRangeEnd(bytes(range.end())))
            .build());
        String reason = answers.next().getCancelReason();
        Verdict seen = reason.isEmpty()
            ? Verdict.ALLOWED
            : switch (reason) {
              case "rpc error: code = InvalidArgument desc = etcdserver: user name is empty" ->
                Verdict.NO_NAME;
              case "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token" ->
                Verdict.BAD_TOKEN;
              case "rpc error: code = PermissionDenied desc = etcdserver: permission denied" ->
                Verdict.DENIED;
              default -> throw new AssertionError(reason);
            };
        compare(who.getKey() + " watches " + range, expected(caller, reads), seen);
      }
      requests.onError(new RuntimeException("done"));
    }
  }

  private void leases() {
    for (Map.Entry<String, Caller> who : callers.entrySet()) {
      Caller caller = who.getValue();
      String name = who.getKey();
      var stub = caller.as.lease();
      boolean writesOwn = caller.root || caller.grants.writes(new Range("k/b", ""));
      boolean readsOwn = caller.root || caller.grants.reads(new Range("k/b", ""));
      boolean writesForeign = caller.root || caller.grants.writes(new Range("z", ""));
      boolean readsForeign = caller.root || caller.grants.reads(new Range("z", ""));
      cell(
          name + " grants",
          caller,
          true,
          () -> stub.leaseGrant(LeaseGrantRequest.newBuilder().setTTL(9_000).build()));
      cell(
          name + " asks for the time",
          caller,
          true,
          () -> stub.leaseTimeToLive(
              LeaseTimeToLiveRequest.newBuilder().setID(foreignLease).build()));
      cell(
          name + " asks for keys",
          caller,
          readsOwn,
          () -> stub.leaseTimeToLive(
              LeaseTimeToLiveRequest.newBuilder().setID(ownLease).setKeys(true).build()));
      cell(
          name + " asks for foreign keys",
          caller,
          readsForeign,
          () -> stub.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
              .setID(foreignLease)
              .setKeys(true)
              .build()));
      cell(
          name + " lists",
          caller,
          readsOwn && readsForeign,
          () -> stub.leaseLeases(LeaseLeasesRequest.getDefaultInstance()));
      renewal(name + " renews", caller, writesOwn, ownLease);
      renewal(name + " renews a foreign one", caller, writesForeign, foreignLease);
      if (!writesOwn) {
        cell(
            name + " revokes",
            caller,
            false,
            () ->
                stub.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(ownLease).build()));
      }
      if (!writesForeign) {
        cell(
            name + " revokes a foreign one",
            caller,
            false,
            () -> stub.leaseRevoke(
                LeaseRevokeRequest.newBuilder().setID(foreignLease).build()));
      }
      cell(
          name + " revokes none",
          caller,
          true,
          () -> stub.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(77).build()));
    }
  }

  private void renewal(String what, Caller caller, boolean allowed, long lease) {
    Answers<LeaseKeepAliveResponse> answers = new Answers<>();
    StreamObserver<LeaseKeepAliveRequest> requests = caller.as.leases().leaseKeepAlive(answers);
    requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
    cell(what, caller, allowed, answers::next);
    requests.onError(new RuntimeException("done"));
  }

  // ---- what goes by the name of the method ----

  /** Who may call what, from the contract and not from the product's table. */
  private static final Set<String> FREE = Set.of("Authenticate", "AuthStatus");

  private static final Set<String> ANY_USER = Set.of("Status", "MemberList", "Alarm");

  /** Of nobody and of no role: for administrators, too. */
  private static final Set<String> OWN = Set.of("UserGet", "RoleGet");

  /** Would disturb the test if they were allowed, or are refused an empty name in the words for nobody. */
  private static final Set<String> NOT_AS_ROOT =
      Set.of("AuthDisable", "MoveLeader", "Defragment", "Downgrade", "Snapshot", "UserAdd");

  private void byName() {
    List<ServiceDescriptor> services = List.of(
        AuthGrpc.getServiceDescriptor(),
        ClusterGrpc.getServiceDescriptor(),
        MaintenanceGrpc.getServiceDescriptor());
    List<MethodDescriptor<?, ?>> methods = new ArrayList<>();
    services.forEach(service -> methods.addAll(service.getMethods()));
    methods.add(dev.kvorum.proto.etcd.KVGrpc.getCompactMethod());
    for (MethodDescriptor<?, ?> method : methods) {
      String name = String.valueOf(method.getBareMethodName());
      for (Map.Entry<String, Caller> who : callers.entrySet()) {
        Caller caller = who.getValue();
        if (caller.root && NOT_AS_ROOT.contains(name)) {
          continue;
        }
        // Nobody has to say who asks for the status; who says it wrongly is told so.
        // Who has no name may ask for the user without one, whom there never is.
        boolean free = (FREE.contains(name)
                && !(name.equals("AuthStatus") && caller.unable == Verdict.BAD_TOKEN))
            || (name.equals("UserGet") && caller.unable == Verdict.NO_NAME);
        Verdict expected =
            free ? Verdict.ALLOWED : expected(caller, caller.root || ANY_USER.contains(name));
        String outcome = Member.outcome(() -> call(caller.as, method));
        if (!outcome.startsWith("UNIMPLEMENTED")) {
          compare(
              who.getKey() + " calls " + name + (OWN.contains(name) ? " of nobody" : ""),
              expected,
              TEXTS.getOrDefault(outcome, Verdict.ALLOWED));
        }
      }
    }
  }

  /** With an empty message. */
  private static void call(Member.As as, MethodDescriptor<?, ?> method) {
    MethodDescriptor<byte[], byte[]> bytes =
        method.toBuilder(new Raw(), new Raw()).build();
    Iterator<byte[]> answers = ClientCalls.blockingServerStreamingCall(
        as.channel(),
        bytes,
        CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS),
        new byte[0]);
    while (answers.hasNext()) {
      answers.next();
    }
  }

  private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
    private static final class Content extends ByteArrayInputStream implements KnownLength {
      Content(byte[] bytes) {
        super(bytes);
      }
    }

    @Override
    public InputStream stream(byte[] value) {
      return new Content(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  // ---- cells ----

  private void cell(String what, Caller caller, boolean allowed, Runnable call) {
    cell(what, caller, allowed, false, call);
  }

  private void cell(String what, Caller caller, boolean allowed, boolean changes, Runnable call) {
    Verdict seen = TEXTS.getOrDefault(Member.outcome(call), Verdict.ALLOWED);
    compare(what, expected(caller, allowed), seen);
    if (changes && seen == Verdict.ALLOWED) {
      restore();
    }
  }

  private static Verdict expected(Caller caller, boolean allowed) {
    if (caller.unable != null) {
      return caller.unable;
    }
    return allowed ? Verdict.ALLOWED : Verdict.DENIED;
  }

  private void compare(String what, Verdict expected, Verdict seen) {
    cells++;
    if (expected != seen) {
      wrong.add(what + ": " + seen + " instead of " + expected);
    }
  }

  private static RangeRequest get(Range range) {
    return RangeRequest.newBuilder()
        .setKey(bytes(range.key()))
        .setRangeEnd(bytes(range.end()))
        .build();
  }

  private static DeleteRangeRequest delete(Range range, boolean prevKv) {
    return DeleteRangeRequest.newBuilder()
        .setKey(bytes(range.key()))
        .setRangeEnd(bytes(range.end()))
        .setPrevKv(prevKv)
        .build();
  }

  private static Compare compare(Range range) {
    ByteString end = bytes(range.end());
    return Compare.newBuilder()
        .setKey(bytes(range.key()))
        .setRangeEnd(end)
        .setTarget(Compare.CompareTarget.VERSION)
        .setResult(Compare.CompareResult.GREATER)
        .build();
  }

  private static RequestOp op(RangeRequest get) {
    return RequestOp.newBuilder().setRequestRange(get).build();
  }

  private static RequestOp op(DeleteRangeRequest delete) {
    return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
  }

  /** What comes back on a stream, one by one; a failure is thrown by {@link #next}. */
  private static final class Answers<T> implements StreamObserver<T> {
    private final BlockingQueue<Object> queue = new LinkedBlockingQueue<>();

    @Override
    public void onNext(T value) {
      queue.add(value);
    }

    @Override
    public void onError(Throwable failure) {
      queue.add(Status.fromThrowable(failure).asRuntimeException());
    }

    @Override
    public void onCompleted() {
      queue.add(Status.UNAVAILABLE.withDescription("completed").asRuntimeException());
    }

    @SuppressWarnings("unchecked")
    T next() {
      try {
        Object next = queue.poll(60, TimeUnit.SECONDS);
        if (next instanceof StatusRuntimeException failure) {
          throw failure;
        }
        if (next == null) {
          throw new AssertionError("no answer");
        }
        return (T) next;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
