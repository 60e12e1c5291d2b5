package dev.kvorum.grpc.auth;

import static dev.kvorum.grpc.auth.Member.bytes;
import static dev.kvorum.grpc.auth.Member.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.kvorum.proto.etcd.AuthRoleRevokePermissionRequest;
import dev.kvorum.proto.etcd.AuthUserAddRequest;
import dev.kvorum.proto.etcd.AuthUserChangePasswordRequest;
import dev.kvorum.proto.etcd.AuthUserRevokeRoleRequest;
import dev.kvorum.proto.etcd.AuthenticateRequest;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.LeaseGrantRequest;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import dev.kvorum.proto.etcd.LeaseKeepAliveResponse;
import dev.kvorum.proto.etcd.LeaseTimeToLiveRequest;
import dev.kvorum.proto.etcd.Permission;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.RequestOp;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import dev.kvorum.proto.etcd.WatchRequest;
import dev.kvorum.proto.etcd.WatchResponse;
import dev.kvorum.store.identity.AuthConfig;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What etcd's security advisories were about, one by one. */
class AdvisoriesIT {
  private static final String DENIED = "PERMISSION_DENIED etcdserver: permission denied";
  private static final String DENIED_ON_A_STREAM =
      "rpc error: code = PermissionDenied desc = etcdserver: permission denied";

  @TempDir
  private Path home;

  /** CVE-2020-15115: no shortest password. */
  @Test
  void passwordsCanBeRequiredToHaveALengthWhenAddedAndWhenChanged() throws Exception {
    try (Member member =
        Member.start(home, new AuthConfig("simple", Duration.ofMinutes(5), 4, 8))) {
      var auth = member.nobody().auth();
      String refused = "INVALID_ARGUMENT etcdserver: password is too short";
      assertThat(outcome(() -> auth.userAdd(AuthUserAddRequest.newBuilder()
              .setName("a")
              .setPassword("seven77")
              .build())))
          .isEqualTo(refused);
      auth.userAdd(
          AuthUserAddRequest.newBuilder().setName("a").setPassword("eight888").build());
      assertThat(outcome(() -> auth.userChangePassword(AuthUserChangePasswordRequest.newBuilder()
              .setName("a")
              .setPassword("seven77")
              .build())))
          .isEqualTo(refused);
    }
  }

  /** CVE-2021-28235 and two findings of an audit: passwords in memory dumps, logs and the write-ahead log. */
  @Test
  void noPasswordAndNoTokenIsWrittenAnywhere() throws Exception {
    String password = "canary-password-8c1f";
    String changed = "canary-changed-77e0";
    Logger everything = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Logger ours = (Logger) LoggerFactory.getLogger("dev.kvorum");
    Level before = ours.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    everything.addAppender(log);
    ours.setLevel(Level.TRACE);
    String token;
    try (Member member = Member.start(home)) {
      var root = member.enable();
      root.auth()
          .userAdd(AuthUserAddRequest.newBuilder()
              .setName("alice")
              .setPassword(password)
              .build());
      token = member.token("alice", password);
      assertThat(outcome(() -> member.with(token).kv().range(get("a")))).isEqualTo(DENIED);
      outcome(() -> member.token("alice", changed)); // wrong as yet
      outcome(() -> member.token(changed, password)); // in the wrong field
      root.auth()
          .userChangePassword(AuthUserChangePasswordRequest.newBuilder()
              .setName("alice")
              .setPassword(changed)
              .build());
      outcome(() -> member.with(token).kv().range(get("a")));
      outcome(() -> member.with("canary-token-not-one").kv().range(get("a")));
      member.restart();
      member.token("alice", changed);
    } finally {
      ours.setLevel(before);
      everything.detachAppender(log);
    }
    List<String> secrets = List.of(password, token, token.substring(0, 16), "canary-token-not-one");
    List<ILoggingEvent> lines = List.copyOf(log.list);
    assertThat(lines).isNotEmpty();
    for (String secret : secrets) {
      assertThat(lines).noneMatch(line -> line.getFormattedMessage().contains(secret));
      assertThat(filesWith(secret)).as(secret.substring(0, 6)).isEmpty();
    }
    assertThat(filesWith(changed)).isEmpty();
    // That the search finds anything at all.
    assertThat(filesWith("alice")).isNotEmpty();
  }

  private List<Path> filesWith(String text) throws IOException {
    byte[] wanted = text.getBytes(StandardCharsets.UTF_8);
    List<Path> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] content = Files.readAllBytes(file);
        if (new String(content, StandardCharsets.ISO_8859_1)
            .contains(new String(wanted, StandardCharsets.ISO_8859_1))) {
          found.add(file);
        }
      }
    }
    return found;
  }

  /** CVE-2023-32082: the keys on a lease were told to those who may not read them. */
  @Test
  void keysOnALeaseAreForThoseWhoMayReadThem() throws Exception {
    try (Member member = Member.start(home)) {
      var alice = reader(member);
      var root = member.login("root", "secret");
      long lease = root.lease()
          .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(900).build())
          .getID();
      root.kv().put(PutRequest.newBuilder().setKey(bytes("z")).setLease(lease).build());
      var ask = LeaseTimeToLiveRequest.newBuilder().setID(lease);
      assertThat(outcome(() -> alice.lease().leaseTimeToLive(ask.setKeys(true).build())))
          .isEqualTo(DENIED);
      assertThat(outcome(() -> alice.lease().leaseTimeToLive(ask.setKeys(false).build())))
          .isEqualTo("OK");
    }
  }

  /** CVE-2026-33343: nested transactions were not looked into. */
  @Test
  void transactionsAreLookedIntoHoweverDeepTheyNest() throws Exception {
    try (Member member = Member.start(home)) {
      var alice = reader(member);
      RequestOp secret = RequestOp.newBuilder().setRequestRange(get("z")).build();
      TxnRequest compare = TxnRequest.newBuilder()
          .addCompare(Compare.newBuilder().setKey(bytes("z")))
          .build();
      RequestOp nestedCompare = RequestOp.newBuilder().setRequestTxn(compare).build();
      RequestOp open = RequestOp.newBuilder().setRequestRange(get("k")).build();
      for (int depth = 1; depth <= 8; depth++) {
        secret = wrap(secret, depth % 2 == 0);
        nestedCompare = wrap(nestedCompare, depth % 3 == 0);
        open = wrap(open, depth % 2 == 0);
        TxnRequest one = TxnRequest.newBuilder().addSuccess(secret).build();
        TxnRequest other = TxnRequest.newBuilder().addFailure(nestedCompare).build();
        TxnRequest fine = TxnRequest.newBuilder().addSuccess(open).build();
        assertThat(outcome(() -> alice.kv().txn(one))).as("depth %s", depth).isEqualTo(DENIED);
        assertThat(outcome(() -> alice.kv().txn(other))).as("depth %s", depth).isEqualTo(DENIED);
        assertThat(outcome(() -> alice.kv().txn(fine))).as("depth %s", depth).isEqualTo("OK");
      }
    }
  }

  private static RequestOp wrap(RequestOp op, boolean success) {
    TxnRequest.Builder txn = TxnRequest.newBuilder();
    return RequestOp.newBuilder()
        .setRequestTxn(success ? txn.addSuccess(op) : txn.addFailure(op))
        .build();
  }

  /** CVE-2026-44283: a put's previous value and its lease were not looked at in a transaction. */
  @Test
  void whatAPutShowsAndHangsOnIsLookedAtInATransaction() throws Exception {
    try (Member member = Member.start(home)) {
      var root = member.enable();
      root.addRole("w");
      root.grant("w", Permission.Type.WRITE, "k", "");
      root.addUser("alice", "w");
      long lease = root.lease()
          .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(900).build())
          .getID();
      root.kv().put(PutRequest.newBuilder().setKey(bytes("z")).setLease(lease).build());
      var alice = member.login("alice", "alice");
      PutRequest plain = PutRequest.newBuilder().setKey(bytes("k")).build();
      RequestOp fine = put(plain);
      RequestOp shows = put(plain.toBuilder().setPrevKv(true).build());
      RequestOp hangs = put(plain.toBuilder().setLease(lease).build());
      for (int depth = 0; depth <= 8; depth++) {
        TxnRequest allowed = TxnRequest.newBuilder().addSuccess(fine).build();
        TxnRequest one = TxnRequest.newBuilder().addFailure(shows).build();
        TxnRequest other = TxnRequest.newBuilder().addSuccess(hangs).build();
        assertThat(outcome(() -> alice.kv().txn(allowed))).isEqualTo("OK");
        assertThat(outcome(() -> alice.kv().txn(one))).as("depth %s", depth).isEqualTo(DENIED);
        assertThat(outcome(() -> alice.kv().txn(other))).as("depth %s", depth).isEqualTo(DENIED);
        fine = wrap(fine, true);
        shows = wrap(shows, false);
        hangs = wrap(hangs, true);
      }
    }
  }

  private static RequestOp put(PutRequest put) {
    return RequestOp.newBuilder().setRequestPut(put).build();
  }

  /** GHSA-xg4h-6gfc-h4m8: a watch without an end was taken for one of a single key. */
  @Test
  void aWatchWithoutAnEndNeedsAGrantWithoutAnEnd() throws Exception {
    try (Member member = Member.start(home)) {
      var alice = reader(member);
      Responses responses = new Responses();
      StreamObserver<WatchRequest> requests = alice.watch().watch(responses);
      requests.onNext(create("k", "\0"));
      WatchResponse refused = responses.next();
      assertThat(refused.getWatchId()).isEqualTo(-1);
      assertThat(refused.getCreated() && refused.getCanceled()).isTrue();
      assertThat(refused.getCancelReason()).isEqualTo(DENIED_ON_A_STREAM);
      requests.onNext(create("", "\0"));
      assertThat(responses.next().getCancelReason()).isEqualTo(DENIED_ON_A_STREAM);
      requests.onNext(create("k", ""));
      WatchResponse created = responses.next();
      assertThat(created.getCreated()).isTrue();
      assertThat(created.getCanceled()).isFalse();
      requests.onError(new IllegalStateException("done"));
    }
  }

  /** gRPC for Go's CVE-2026-33186: a path that is almost a method's name came past the check for that method. */
  @Test
  void aPathThatIsAlmostThatOfAMethodIsNoMethod() throws Exception {
    try (Member member = Member.start(home)) {
      member.enable();
      for (String name : List.of(
          "/etcdserverpb.KV/Range",
          "etcdserverpb.kv/Range",
          "etcdserverpb.KV/range",
          "etcdserverpb.KV/Range.",
          "etcdserverpb.KV/Range/",
          "./etcdserverpb.KV/Range")) {
        MethodDescriptor<RangeRequest, RangeResponse> almost =
            KVGrpc.getRangeMethod().toBuilder().setFullMethodName(name).build();
        String outcome = outcome(() -> ClientCalls.blockingUnaryCall(
            member.nobody().channel(), almost, CallOptions.DEFAULT, get("k")));
        assertThat(outcome).as(name).startsWith("UNIMPLEMENTED");
      }
    }
  }

  /** Other than etcd, which lets a watcher go on forever. */
  @Test
  void aWatcherEndsWhenItsUserMayNotReadAnyMore() throws Exception {
    try (Member member = Member.start(home)) {
      var alice = reader(member);
      var root = member.login("root", "secret");
      Responses responses = new Responses();
      StreamObserver<WatchRequest> requests = alice.watch().watch(responses);
      requests.onNext(create("k", ""));
      assertThat(responses.next().getCanceled()).isFalse();
      root.addUser("unrelated");
      root.kv().put(PutRequest.newBuilder().setKey(bytes("k")).build());
      assertThat(responses.next().getEventsCount()).isEqualTo(1);
      root.auth()
          .roleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
              .setRole("r")
              .setKey(bytes("k"))
              .build());
      WatchResponse ended = responses.next();
      assertThat(ended.getCanceled()).isTrue();
      assertThat(ended.getWatchId()).isEqualTo(0);
      assertThat(ended.getCancelReason()).isEqualTo(DENIED_ON_A_STREAM);
      requests.onNext(create("k", ""));
      assertThat(responses.next().getCancelReason()).isEqualTo(DENIED_ON_A_STREAM);
      requests.onError(new IllegalStateException("done"));
    }
  }

  @Test
  void aWatcherOfNobodyEndsWhenAuthenticationBegins() throws Exception {
    try (Member member = Member.start(home)) {
      Responses responses = new Responses();
      StreamObserver<WatchRequest> requests = member.nobody().watch().watch(responses);
      requests.onNext(create("k", ""));
      assertThat(responses.next().getCanceled()).isFalse();
      member.enable();
      assertThat(responses.next().getCancelReason())
          .isEqualTo("rpc error: code = InvalidArgument desc = etcdserver: user name is empty");
      requests.onError(new IllegalStateException("done"));
    }
  }

  @Test
  void aLeaseIsNotRenewedForAUserWhoMayNotWriteItsKeysAnyMore() throws Exception {
    try (Member member = Member.start(home)) {
      var root = member.enable();
      root.addRole("w");
      root.grant("w", Permission.Type.READWRITE, "k", "");
      root.addUser("alice", "w");
      var alice = member.login("alice", "alice");
      long lease = alice
          .lease()
          .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(900).build())
          .getID();
      alice.kv().put(PutRequest.newBuilder().setKey(bytes("k")).setLease(lease).build());
      BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
      StreamObserver<LeaseKeepAliveRequest> renewals = alice
          .leases()
          .leaseKeepAlive(new StreamObserver<LeaseKeepAliveResponse>() {
            @Override
            public void onNext(LeaseKeepAliveResponse value) {
              answers.add(value.getTTL());
            }

            @Override
            public void onError(Throwable failure) {
              answers.add(Status.fromThrowable(failure).getCode());
            }

            @Override
            public void onCompleted() {}
          });
      renewals.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
      assertThat(answers.poll(60, TimeUnit.SECONDS)).isEqualTo(900L);
      root.auth()
          .userRevokeRole(AuthUserRevokeRoleRequest.newBuilder()
              .setName("alice")
              .setRole("w")
              .build());
      renewals.onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
      assertThat(answers.poll(60, TimeUnit.SECONDS)).isEqualTo(Status.Code.PERMISSION_DENIED);
    }
  }

  /** A storm of logins is bounded: what is too much is refused at once, and reads are answered meanwhile. */
  @Test
  void aStormOfLoginsIsRefusedAtABound() throws Exception {
    try (Member member =
        Member.start(home, new AuthConfig("simple", Duration.ofMinutes(5), 8, 0))) {
      var root = member.enable();
      List<Status.Code> codes = new java.util.concurrent.CopyOnWriteArrayList<>();
      int calls = 600;
      java.util.concurrent.CountDownLatch done = new java.util.concurrent.CountDownLatch(calls);
      var stub = dev.kvorum.proto.etcd.AuthGrpc.newFutureStub(member.nobody().channel());
      for (int i = 0; i < calls; i++) {
        var call = stub.authenticate(
            AuthenticateRequest.newBuilder().setName("nobody").setPassword("x").build());
        call.addListener(
            () -> {
              try {
                call.get();
              } catch (Exception e) {
                codes.add(Status.fromThrowable(e).getCode());
              }
              done.countDown();
            },
            Runnable::run);
      }
      assertThat(outcome(() -> root.kv().range(get("a")))).isEqualTo("OK");
      assertThat(done.await(120, TimeUnit.SECONDS)).isTrue();
      assertThat(codes).hasSize(calls);
      assertThat(codes)
          .allMatch(code ->
              code == Status.Code.RESOURCE_EXHAUSTED || code == Status.Code.INVALID_ARGUMENT);
    }
  }

  /** May read the key k, and z exists. */
  private static Member.As reader(Member member) {
    var root = member.enable();
    root.addRole("r");
    root.grant("r", Permission.Type.READ, "k", "");
    root.addUser("alice", "r");
    root.kv().put(PutRequest.newBuilder().setKey(bytes("z")).build());
    return member.login("alice", "alice");
  }

  private static RangeRequest get(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key)).build();
  }

  private static WatchRequest create(String key, String end) {
    return WatchRequest.newBuilder()
        .setCreateRequest(
            WatchCreateRequest.newBuilder().setKey(bytes(key)).setRangeEnd(bytes(end)))
        .build();
  }

  private static final class Responses implements StreamObserver<WatchResponse> {
    private final BlockingQueue<WatchResponse> queue = new LinkedBlockingQueue<>();

    @Override
    public void onNext(WatchResponse value) {
      queue.add(value);
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}

    WatchResponse next() throws InterruptedException {
      WatchResponse next = queue.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("a response").isNotNull();
      return java.util.Objects.requireNonNull(next);
    }
  }
}
