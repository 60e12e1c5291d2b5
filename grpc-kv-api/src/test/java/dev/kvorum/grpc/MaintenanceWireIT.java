package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.proto.etcd.AlarmMember;
import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.proto.etcd.AlarmRequest.AlarmAction;
import dev.kvorum.proto.etcd.AlarmResponse;
import dev.kvorum.proto.etcd.AlarmType;
import dev.kvorum.proto.etcd.DefragmentRequest;
import dev.kvorum.proto.etcd.DefragmentResponse;
import dev.kvorum.proto.etcd.DowngradeRequest;
import dev.kvorum.proto.etcd.DowngradeRequest.DowngradeAction;
import dev.kvorum.proto.etcd.HashKVRequest;
import dev.kvorum.proto.etcd.HashKVResponse;
import dev.kvorum.proto.etcd.HashRequest;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.proto.etcd.StatusRequest;
import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.HistoryHash;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.StoreStatus;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The Maintenance service through a real connection. */
class MaintenanceWireIT {
  private static final Alarm FULL = new Alarm(0x8000000000000001L, Alarm.Type.NO_SPACE);
  private static final Alarm BAD = new Alarm(0, Alarm.Type.CORRUPT);

  private final ScriptedStore store = new ScriptedStore();
  private KvServer server;
  private ManagedChannel channel;
  private MaintenanceGrpc.MaintenanceBlockingStub maintenance;

  @BeforeEach
  void start() throws IOException {
    server = KvServer.start(
        store, ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    channel = NettyChannelBuilder.forAddress(server.clientAddresses().get(0))
        .usePlaintext()
        .build();
    maintenance = MaintenanceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"NONE, 2", "NOSPACE, 1", "CORRUPT, 1"})
  void alarmsAreListedByType(AlarmType type, int count) {
    store.answer = request -> new Alarms(9, List.of(FULL, BAD));

    AlarmResponse response = alarm(AlarmAction.GET, 0, type);

    assertThat(response.getHeader().getRevision()).isEqualTo(9);
    assertThat(response.getAlarmsList()).hasSize(count);
    assertThat(response.getAlarmsList().stream().map(AlarmMember::getAlarm))
        .allMatch(each -> type == AlarmType.NONE || each == type);
  }

  @Test
  void alarmsAreSwitchedOnAndOff() {
    store.answer = request -> new Alarms(9, List.of(FULL));

    assertThat(alarm(AlarmAction.ACTIVATE, FULL.memberId(), AlarmType.NOSPACE).getAlarmsList())
        .containsExactly(AlarmMember.newBuilder()
            .setMemberID(FULL.memberId())
            .setAlarm(AlarmType.NOSPACE)
            .build());
    alarm(AlarmAction.DEACTIVATE, 0, AlarmType.CORRUPT);
    assertThat(store.asked)
        .containsExactly(new ScriptedStore.Raise(FULL), new ScriptedStore.Disarm(BAD));
  }

  @ParameterizedTest
  @EnumSource(
      value = AlarmAction.class,
      names = {"ACTIVATE", "DEACTIVATE"})
  void noAlarmAtAllIsNeitherSwitchedOnNorOff(AlarmAction action) {
    assertThat(alarm(action, 0, AlarmType.NONE).getAlarmsList()).isEmpty();
    assertThat(store.asked).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"9, 0", "0, 9", "1, 9", "2, 9"})
  void whatNobodyKnowsIsRefused(int action, int type) {
    Status refusal = refusal(() -> maintenance.alarm(
        AlarmRequest.newBuilder().setActionValue(action).setAlarmValue(type).build()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
  }

  private AlarmResponse alarm(AlarmAction action, long member, AlarmType type) {
    return maintenance.alarm(AlarmRequest.newBuilder()
        .setAction(action)
        .setMemberID(member)
        .setAlarm(type)
        .build());
  }

  @Test
  void statusListsWhatIsWrong() {
    store.status = new StoreStatus(7, 2, 0, 3, 20, 19, 4096, 1024, false, List.of(FULL, BAD));

    assertThat(maintenance.status(StatusRequest.getDefaultInstance()).getErrorsList())
        .containsExactly(
            "etcdserver: no leader", "memberID:9223372036854775809 alarm:NOSPACE", "alarm:CORRUPT");
  }

  @Test
  void aDigestSaysWhatItCovers() {
    store.answer = request -> new HistoryHash(-2, 5, -1, 9);

    HashKVResponse response =
        maintenance.hashKV(HashKVRequest.newBuilder().setRevision(5).build());

    assertThat(response.getHeader().getRevision()).isEqualTo(9);
    assertThat(Integer.toUnsignedLong(response.getHash())).isEqualTo(0xfffffffeL);
    assertThat(response.getHashRevision()).isEqualTo(5);
    assertThat(response.getCompactRevision()).isEqualTo(-1);
    assertThat(maintenance.hash(HashRequest.getDefaultInstance()).getHash()).isEqualTo(-2);
    assertThat(store.asked).containsExactly(new ScriptedStore.Hash(5), new ScriptedStore.Hash(0));
  }

  @Test
  void aDigestOfTheFutureIsRefused() {
    store.answer = request -> StoreException.of(StoreException.Kind.FUTURE_REVISION);

    Status refusal = refusal(
        () -> maintenance.hashKV(HashKVRequest.newBuilder().setRevision(99).build()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.OUT_OF_RANGE);
    assertThat(refusal.getDescription())
        .isEqualTo("etcdserver: mvcc: required revision is a future revision");
  }

  @Test
  void defragmentationIsBegunAndAnsweredAtOnce() {
    assertThat(maintenance.defragment(DefragmentRequest.getDefaultInstance()))
        .isEqualTo(DefragmentResponse.getDefaultInstance());
    assertThat(store.asked).containsExactly(new ScriptedStore.Reclaim());
  }

  @ParameterizedTest
  @CsvSource({
    "VALIDATE, 3.6, OK, ",
    "VALIDATE, 3.6.9, OK, ",
    "CANCEL, , OK, ",
    "VALIDATE, 3.5, INVALID_ARGUMENT, etcdserver: invalid downgrade target version",
    "VALIDATE, 3.7, INVALID_ARGUMENT, etcdserver: invalid downgrade target version",
    "VALIDATE, 2.6, INVALID_ARGUMENT, etcdserver: invalid downgrade target version",
    "ENABLE, 3.6, INVALID_ARGUMENT, etcdserver: invalid downgrade target version",
    "VALIDATE, 3, INVALID_ARGUMENT, etcdserver: wrong downgrade target version format",
    "VALIDATE, , INVALID_ARGUMENT, etcdserver: wrong downgrade target version format",
    "ENABLE, nonsense, INVALID_ARGUMENT, etcdserver: wrong downgrade target version format",
    "VALIDATE, 99999999999.6, INVALID_ARGUMENT, etcdserver: wrong downgrade target version format",
  })
  void downgradesAreCheckedAndNeverBegun(
      DowngradeAction action, String version, Status.Code code, String text) {
    store.answer = request -> new Alarms(9, List.of());
    DowngradeRequest request = DowngradeRequest.newBuilder()
        .setAction(action)
        .setVersion(version == null ? "" : version)
        .build();

    if (code == Status.Code.OK) {
      assertThat(maintenance.downgrade(request).getVersion()).isEqualTo("3.7");
    } else {
      Status refusal = refusal(() -> maintenance.downgrade(request));
      assertThat(refusal.getCode()).isEqualTo(code);
      assertThat(refusal.getDescription()).isEqualTo(text);
    }
  }

  @Test
  void anUnknownKindOfDowngradeIsRefused() {
    Status refusal = refusal(() ->
        maintenance.downgrade(DowngradeRequest.newBuilder().setActionValue(7).build()));

    assertThat(refusal.getCode()).isEqualTo(Status.Code.UNKNOWN);
    assertThat(refusal.getDescription()).isEqualTo("etcdserver: unknown method");
  }

  private static Status refusal(ThrowingCallable call) {
    Status[] status = {Status.OK};
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, failure -> status[0] = failure.getStatus());
    return status[0];
  }
}
