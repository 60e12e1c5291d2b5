package dev.kvorum.grpc.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.kvorum.proto.etcd.KVGrpc;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.RangeResponse;
import dev.kvorum.proto.etcd.RangeStreamResponse;
import io.grpc.ManagedChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a range stream is cut into messages, written down once and tried on a real etcd and on the server under test. */
class RangeStreamShapeIT {
  private static final int SMALL_KEYS = 60;
  private static final int LARGE_KEYS = 40;
  private static final int LARGE_BYTES = 300_000;

  @Test
  void etcdCutsAsWrittenDown() throws Exception {
    try (Subject etcd = EtcdProcess.etcd(Peers.etcdOrSkip()).start()) {
      check(etcd);
    }
  }

  @Test
  void theServerUnderTestCutsAsWrittenDown() throws Exception {
    try (Subject server = Subjects.fromPropertiesOrSkip().start()) {
      check(server);
    }
  }

  private static void check(Subject server) {
    try (Endpoint endpoint = new Endpoint(server.address(), 1, List.of())) {
      ManagedChannel channel = endpoint.channel(0);
      KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
      fill(kv, "small/", SMALL_KEYS, 3);
      fill(kv, "large/", LARGE_KEYS, LARGE_BYTES);

      assertThat(shape(kv, prefix("small/"))).containsExactly("10", "20", "30 of 60");
      assertThat(shape(kv, prefix("small/").setLimit(15))).containsExactly("10", "5 of 60 more");
      assertThat(shape(kv, prefix("small/").setLimit(10))).containsExactly("10 of 60 more");
      assertThat(shape(kv, prefix("small/").setLimit(60))).containsExactly("10", "20", "30 of 60");
      assertThat(shape(kv, prefix("small/").setCountOnly(true))).containsExactly("0 of 60");
      assertThat(shape(kv, prefix("none/"))).containsExactly("0 of 0");
      assertThat(shape(kv, prefix("small/").setKeysOnly(true)))
          .containsExactly("10", "20", "30 of 60");
      // Three megabytes are not more than twice the size that is aimed at.
      assertThat(shape(kv, prefix("large/"))).containsExactly("10", "10", "10", "10 of 40");
      assertThat(shape(kv, RangeRequest.newBuilder().setKey(key("small/00007"))))
          .containsExactly("1 of 1");
    }
  }

  private static List<String> shape(KVGrpc.KVBlockingStub kv, RangeRequest.Builder request) {
    List<String> messages = new ArrayList<>();
    long revision = 0;
    Iterator<RangeStreamResponse> stream = kv.rangeStream(request.build());
    while (stream.hasNext()) {
      RangeResponse part = stream.next().getRangeResponse();
      boolean last = part.hasHeader();
      messages.add(part.getKvsCount()
          + (last ? " of " + part.getCount() : "")
          + (part.getMore() ? " more" : ""));
      assertThat(last).isEqualTo(!stream.hasNext());
      revision = part.getHeader().getRevision();
    }
    assertThat(revision).isEqualTo(1 + SMALL_KEYS + LARGE_KEYS);
    return messages;
  }

  private static void fill(KVGrpc.KVBlockingStub kv, String prefix, int keys, int valueBytes) {
    ByteString value = ByteString.copyFrom(new byte[valueBytes]);
    for (int i = 0; i < keys; i++) {
      kv.put(PutRequest.newBuilder()
          .setKey(key("%s%05d".formatted(prefix, i)))
          .setValue(value)
          .build());
    }
  }

  private static RangeRequest.Builder prefix(String prefix) {
    return RangeRequest.newBuilder().setKey(key(prefix)).setRangeEnd(Keys.prefixEnd(key(prefix)));
  }

  private static ByteString key(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
