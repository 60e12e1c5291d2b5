package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AuthEnableRequest;
import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthRoleAddRequest;
import dev.kvorum.proto.etcd.AuthRoleGrantPermissionRequest;
import dev.kvorum.proto.etcd.AuthUserAddRequest;
import dev.kvorum.proto.etcd.AuthUserGetRequest;
import dev.kvorum.proto.etcd.AuthUserGrantRoleRequest;
import dev.kvorum.proto.etcd.AuthenticateRequest;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.Permission;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The known differences of authentication that random sequences meet too seldom: a real etcd has each of them. */
class AuthDifferencesIT {
  private static final From ALICE = new From(0, new Who("alice", 0, Who.Form.TOKEN), false);

  private final KnownDifferences known = new KnownDifferences();
  private final List<Step> steps = new ArrayList<>();

  @Test
  void whatIsGrantedAgainStaysBesideWhatWasThere() throws Exception {
    call(AuthGrpc.getRoleAddMethod(), AuthRoleAddRequest.newBuilder().setName("r"));
    grant("b", "", Permission.Type.READ);
    grant("b", "c", Permission.Type.READWRITE);
    grant("b", "c", Permission.Type.READ);
    run();
    assertThat(known.times(KnownDifferences.Entry.GRANTED_BESIDE)).isEqualTo(1);
  }

  @Test
  void manyPermissionsOnOneKeyAreInNoOrder() throws Exception {
    call(AuthGrpc.getRoleAddMethod(), AuthRoleAddRequest.newBuilder().setName("r"));
    for (char end = 'n'; end <= 'z'; end++) {
      grant("m", String.valueOf(end), Permission.Type.READ);
    }
    grant("a", "", Permission.Type.READ);
    run();
    assertThat(known.times(KnownDifferences.Entry.PERMISSION_TIES)).isPositive();
  }

  @Test
  void aRangeThatEndsBeforeItBeginsIsRefusedByOtherGrants() throws Exception {
    call(AuthGrpc.getRoleAddMethod(), AuthRoleAddRequest.newBuilder().setName("r"));
    grant("a", "b", Permission.Type.READ);
    grant("c", "d", Permission.Type.READ);
    grant("e", "f", Permission.Type.READ);
    enable();
    RangeRequest range =
        RangeRequest.newBuilder().setKey(bytes("e")).setRangeEnd(bytes("b")).build();
    steps.add(new Step.Unary(ALICE, KVGrpc.getRangeMethod(), range));
    WatchCreateRequest watch = WatchCreateRequest.newBuilder()
        .setKey(bytes("e"))
        .setRangeEnd(bytes("b"))
        .build();
    steps.add(new Step.WatchCreate(ALICE, 0, watch));
    run();
    assertThat(known.times(KnownDifferences.Entry.EMPTY_RANGE_REFUSED)).isEqualTo(2);
  }

  @Test
  void nobodyIsToldTheRevision() throws Exception {
    call(AuthGrpc.getRoleAddMethod(), AuthRoleAddRequest.newBuilder().setName("r"));
    enable();
    call(KVGrpc.getTxnMethod(), TxnRequest.newBuilder());
    call(AuthGrpc.getUserGetMethod(), AuthUserGetRequest.newBuilder());
    run();
    assertThat(known.times(KnownDifferences.Entry.NOBODYS_EMPTY_TXN)).isEqualTo(1);
  }

  private void grant(String key, String end, Permission.Type type) {
    call(
        AuthGrpc.getRoleGrantPermissionMethod(),
        AuthRoleGrantPermissionRequest.newBuilder()
            .setName("r")
            .setPerm(Permission.newBuilder()
                .setPermType(type)
                .setKey(bytes(key))
                .setRangeEnd(bytes(end))));
  }

  /** With a user who has the role. */
  private void enable() {
    call(AuthGrpc.getRoleAddMethod(), AuthRoleAddRequest.newBuilder().setName("root"));
    user("root", "root");
    user("alice", "r");
    call(AuthGrpc.getAuthEnableMethod(), AuthEnableRequest.newBuilder());
    call(
        AuthGrpc.getAuthenticateMethod(),
        AuthenticateRequest.newBuilder().setName("alice").setPassword("p"));
  }

  private void user(String name, String role) {
    call(
        AuthGrpc.getUserAddMethod(),
        AuthUserAddRequest.newBuilder().setName(name).setPassword("p"));
    call(
        AuthGrpc.getUserGrantRoleMethod(),
        AuthUserGrantRoleRequest.newBuilder().setUser(name).setRole(role));
  }

  private void call(MethodDescriptor<?, ?> method, Message.Builder request) {
    steps.add(new Step.Unary(0, method, request.build()));
  }

  private void run() throws Exception {
    Subject.Factory etcd = EtcdProcess.etcd(Peers.etcdOrSkip());
    try (Duel duel = Duel.start(etcd, Subjects.fromProperties(), known, List.of())) {
      duel.run(steps);
    }
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
