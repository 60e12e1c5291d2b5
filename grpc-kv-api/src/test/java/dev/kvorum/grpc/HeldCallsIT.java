package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.proto.etcd.AlarmRequest.AlarmAction;
import dev.kvorum.proto.etcd.AlarmResponse;
import dev.kvorum.proto.etcd.AlarmType;
import dev.kvorum.proto.etcd.DefragmentRequest;
import dev.kvorum.proto.etcd.DefragmentResponse;
import dev.kvorum.proto.etcd.HashKVRequest;
import dev.kvorum.proto.etcd.HashKVResponse;
import dev.kvorum.proto.etcd.MaintenanceGrpc;
import dev.kvorum.store.Access;
import dev.kvorum.store.Alarm;
import dev.kvorum.store.Alarms;
import dev.kvorum.store.HistoryHash;
import dev.kvorum.store.StoreException;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that have arrived long before it is decided whether their caller may make them. */
class HeldCallsIT {
  private final ScriptedStore store = new ScriptedStore();
  private final ScriptedAuth auth = new ScriptedAuth();
  private KvServer server;
  private ManagedChannel channel;
  private MaintenanceGrpc.MaintenanceFutureStub maintenance;

  @BeforeEach
  void start() throws IOException {
    store.auth = auth;
    server = KvServer.start(
        store, ServerConfig.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
    channel = NettyChannelBuilder.forAddress(server.clientAddresses().get(0))
        .usePlaintext()
        .build();
    maintenance = MaintenanceGrpc.newFutureStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    awaitEverythingSent();
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server.close();
  }

  /** A later call on the same connection was answered, one that nobody decides about. */
  private void awaitEverythingSent() {
    var unused = HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance());
  }

  private static <T> T answer(ListenableFuture<T> call) throws Exception {
    return call.get(20, TimeUnit.SECONDS);
  }

  /** As when a token is younger than what this member has applied. */
  @Test
  void theMessageIsThereWhenTheCallBegins() throws Exception {
    store.answer = request -> new HistoryHash(5, 4, 3, 7);
    ListenableFuture<HashKVResponse> call =
        maintenance.hashKV(HashKVRequest.newBuilder().setRevision(4).build());
    ScriptedAuth.Question question = auth.next();
    assertThat(question.access()).isEqualTo(new Access.Administer());
    awaitEverythingSent();
    assertThat(store.asked).isEmpty();

    question.allow();

    assertThat(answer(call).getHash()).isEqualTo(5);
    assertThat(store.asked).containsExactly(new ScriptedStore.Hash(4));
  }

  /** What is done with an alarm stands in the message, which is decided about once more. */
  @Test
  void aCallIsHeldAgainForItsMessage() throws Exception {
    Alarm alarm = new Alarm(1, Alarm.Type.NO_SPACE);
    store.answer = request -> new Alarms(7, java.util.List.of(alarm));
    ListenableFuture<AlarmResponse> call = maintenance.alarm(AlarmRequest.newBuilder()
        .setAction(AlarmAction.DEACTIVATE)
        .setMemberID(1)
        .setAlarm(AlarmType.NOSPACE)
        .build());
    ScriptedAuth.Question first = auth.next();
    assertThat(first.access()).isEqualTo(new Access.AnyUser());
    awaitEverythingSent();

    first.allow();
    ScriptedAuth.Question second = auth.next();
    assertThat(second.access()).isEqualTo(new Access.Administer());
    awaitEverythingSent();
    assertThat(store.asked).isEmpty();
    second.allow();

    assertThat(answer(call).getAlarmsList()).hasSize(1);
    assertThat(store.asked).containsExactly(new ScriptedStore.Disarm(alarm));
  }

  @Test
  void aCallThatIsRefusedLateNeverBegins() throws Exception {
    ListenableFuture<DefragmentResponse> call =
        maintenance.defragment(DefragmentRequest.getDefaultInstance());
    ScriptedAuth.Question question = auth.next();
    awaitEverythingSent();

    question.refuse(StoreException.Kind.PERMISSION_DENIED);

    assertThatThrownBy(() -> answer(call))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("PERMISSION_DENIED: etcdserver: permission denied");
    assertThat(store.asked).isEmpty();
  }

  @Test
  void aCallWhoseClientHasGoneMeanwhileNeverBegins() throws Exception {
    ListenableFuture<DefragmentResponse> call =
        maintenance.defragment(DefragmentRequest.getDefaultInstance());
    ScriptedAuth.Question question = auth.next();
    awaitEverythingSent();
    assertThat(call.cancel(true)).isTrue();
    awaitEverythingSent();

    question.allow();

    awaitEverythingSent();
    assertThat(store.asked).isEmpty();
  }
}
