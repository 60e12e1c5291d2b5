package dev.kvorum.grpc.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AlarmMember;
import dev.kvorum.proto.etcd.DeleteRangeResponse;
import dev.kvorum.proto.etcd.Event;
import dev.kvorum.proto.etcd.KeyValue;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.ResponseHeader;
import dev.kvorum.proto.etcd.ResponseOp;
import dev.kvorum.proto.etcd.TxnResponse;
import dev.kvorum.proto.etcd.WatchResponse;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MessageWriterTest {
  private static String json(Message message) {
    return new String(MessageWriter.message(message), StandardCharsets.UTF_8);
  }

  @Test
  void namesAreTheProtocolsAndLongNumbersAreText() {
    assertThat(json(ResponseHeader.newBuilder()
            .setClusterId(-1)
            .setMemberId(0x8000000000000001L)
            .setRevision(-5)
            .build()))
        .isEqualTo("{\"cluster_id\":\"18446744073709551615\","
            + "\"member_id\":\"9223372036854775809\",\"revision\":\"-5\"}");
  }

  @Test
  void defaultsAreLeftOutAndBytesAreBase64() {
    assertThat(json(RangeResponse.newBuilder()
            .addKvs(KeyValue.newBuilder().setKey(ByteString.copyFrom(new byte[] {-5, -1})))
            .setCount(0)
            .build()))
        .isEqualTo("{\"kvs\":[{\"key\":\"+/8=\"}]}");
    assertThat(json(RangeResponse.getDefaultInstance())).isEqualTo("{}");
  }

  @Test
  void enumsAreNamesAndUnknownOnesNumbers() {
    assertThat(json(Event.newBuilder().setType(Event.EventType.DELETE).build()))
        .isEqualTo("{\"type\":\"DELETE\"}");
    assertThat(json(AlarmMember.newBuilder().setAlarmValue(77).build()))
        .isEqualTo("{\"alarm\":77}");
  }

  @Test
  void aOneofThatIsSetIsWrittenEvenIfEmpty() {
    assertThat(json(TxnResponse.newBuilder()
            .setSucceeded(true)
            .addResponses(ResponseOp.newBuilder()
                .setResponseDeleteRange(DeleteRangeResponse.getDefaultInstance()))
            .build()))
        .isEqualTo("{\"succeeded\":true,\"responses\":[{\"response_delete_range\":{}}]}");
  }

  @Test
  void failuresHaveCodeAndMessage() {
    Status failure = Status.NOT_FOUND.withDescription("a \"b\"");

    assertThat(new String(MessageWriter.failure(failure), StandardCharsets.UTF_8))
        .isEqualTo("{\"code\":5,\"message\":\"a \\\"b\\\"\"}");
    assertThat(new String(MessageWriter.streamFailure(failure), StandardCharsets.UTF_8))
        .isEqualTo("{\"error\":{\"code\":5,\"message\":\"a \\\"b\\\"\"}}");
    assertThat(new String(
            MessageWriter.result(WatchResponse.newBuilder().setCreated(true).build()),
            StandardCharsets.UTF_8))
        .isEqualTo("{\"result\":{\"created\":true}}");
  }
}
