package dev.kvorum.grpc.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.AlarmRequest;
import dev.kvorum.proto.etcd.AuthUserAddRequest;
import dev.kvorum.proto.etcd.Compare;
import dev.kvorum.proto.etcd.MemberAddRequest;
import dev.kvorum.proto.etcd.MemberRemoveRequest;
import dev.kvorum.proto.etcd.PutRequest;
import dev.kvorum.proto.etcd.RangeRequest;
import dev.kvorum.proto.etcd.TxnRequest;
import dev.kvorum.proto.etcd.WatchCreateRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases were checked against etcd's gateway, which reads with protobuf for Go. */
class MessageReaderTest {
  private final MessageReader reader = new MessageReader(1 << 20);

  @SuppressWarnings("unchecked")
  private <M extends Message> M read(String json, M prototype) throws BadRequest {
    return (M) reader.read(json.getBytes(StandardCharsets.UTF_8), prototype);
  }

  private RangeRequest range(String json) throws BadRequest {
    return read(json, RangeRequest.getDefaultInstance());
  }

  @Test
  void namesAreTakenInBothSpellings() throws BadRequest {
    assertThat(range("{\"range_end\":\"YQ==\",\"keysOnly\":true}"))
        .isEqualTo(RangeRequest.newBuilder()
            .setRangeEnd(ByteString.copyFromUtf8("a"))
            .setKeysOnly(true)
            .build());
    assertThatThrownBy(() -> range("{\"range_end\":\"YQ==\",\"rangeEnd\":\"YQ==\"}"))
        .isInstanceOf(BadRequest.class)
        .hasMessageContaining("duplicate field");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5|5",
        "\"5\"|5",
        "-5|-5",
        "\"-5\"|-5",
        "1e3|1000",
        "\"1e3\"|1000",
        "10.0|10",
        "9223372036854775807|9223372036854775807",
        "\"-9223372036854775808\"|-9223372036854775808",
        "-0|0",
        "null|0",
      })
  void integersAreTakenInManyForms(String json, long value) throws BadRequest {
    assertThat(range("{\"revision\":" + json + "}").getRevision()).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.5",
        "\"1.5\"",
        "\"\"",
        "\" 1\"",
        "\"+1\"",
        "\"01\"",
        "\"0x10\"",
        "true",
        "{}",
        "[]",
        "9223372036854775808",
        "\"-9223372036854775809\"",
        "1e19",
        "1e999999999",
        "\"1e999999999\"",
        "1e-3",
      })
  void whatIsNoIntegerIsRefused(String json) {
    assertThatThrownBy(() -> range("{\"revision\":" + json + "}")).isInstanceOf(BadRequest.class);
  }

  @Test
  void unsignedNumbersAreUnsigned() throws BadRequest {
    assertThat(read("{\"ID\":\"18446744073709551615\"}", MemberRemoveRequest.getDefaultInstance())
            .getID())
        .isEqualTo(-1);
    assertThatThrownBy(() -> read("{\"ID\":\"-1\"}", MemberRemoveRequest.getDefaultInstance()))
        .isInstanceOf(BadRequest.class);
    assertThatThrownBy(
            () -> read("{\"ID\":18446744073709551616}", MemberRemoveRequest.getDefaultInstance()))
        .isInstanceOf(BadRequest.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+/8=", "+/8", "-_8=", "-_8", "+/8\\r\\n", "\\u002b/8="})
  void bytesAreTakenInBothAlphabets(String text) throws BadRequest {
    assertThat(range("{\"key\":\"" + text + "\"}").getKey().toByteArray())
        .containsExactly(0xfb, 0xff);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"%\"", "\"-/8=\"", "\"YQ=\"", "\"YQ==\\n\"", "\"Y\"", "5", "true", "[1]", "{}"})
  void whatIsNoBase64IsRefused(String json) {
    assertThatThrownBy(() -> range("{\"key\":" + json + "}")).isInstanceOf(BadRequest.class);
  }

  @Test
  void enumsAreTakenByNameOrNumberAndUnknownNamesIgnored() throws BadRequest {
    assertThat(range("{\"sort_order\":\"DESCEND\"}").getSortOrder())
        .isEqualTo(RangeRequest.SortOrder.DESCEND);
    assertThat(range("{\"sort_order\":2}").getSortOrder())
        .isEqualTo(RangeRequest.SortOrder.DESCEND);
    assertThat(range("{\"sort_order\":99}").getSortOrderValue()).isEqualTo(99);
    assertThat(range("{\"sort_order\":\"SIDEWAYS\"}").getSortOrderValue()).isEqualTo(0);
    assertThat(read("{\"alarm\":1,\"action\":\"ACTIVATE\"}", AlarmRequest.getDefaultInstance())
            .getActionValue())
        .isEqualTo(1);
    assertThatThrownBy(() -> range("{\"sort_order\":1.5}")).isInstanceOf(BadRequest.class);
  }

  @Test
  void enumsInListsAreTakenAndUnknownNamesLeftOut() throws BadRequest {
    assertThat(
            read("{\"filters\":[\"NOPUT\",\"NOTHING\",1]}", WatchCreateRequest.getDefaultInstance())
                .getFiltersList())
        .containsExactly(
            WatchCreateRequest.FilterType.NOPUT, WatchCreateRequest.FilterType.NODELETE);
  }

  @Test
  void unknownFieldsAreIgnoredWhateverTheyHold() throws BadRequest {
    assertThat(range("{\"nothing\":{\"a\":[1,{\"b\":null}]},\"limit\":\"7\"}").getLimit())
        .isEqualTo(7);
  }

  @Test
  void aTransactionIsReadWithItsBranches() throws BadRequest {
    TxnRequest txn = read(
        "{\"compare\":[{\"target\":\"CREATE\",\"result\":\"EQUAL\",\"key\":\"YQ==\",\"create_revision\":\"0\"}],"
            + "\"success\":[{\"requestPut\":{\"key\":\"YQ==\",\"value\":\"MQ==\"}}],"
            + "\"failure\":[{\"request_range\":{\"key\":\"YQ==\"}}]}",
        TxnRequest.getDefaultInstance());

    assertThat(txn.getCompare(0).getTargetUnionCase())
        .isEqualTo(Compare.TargetUnionCase.CREATE_REVISION);
    assertThat(txn.getSuccess(0).getRequestPut().getValue().toStringUtf8()).isEqualTo("1");
    assertThat(txn.getFailure(0).getRequestRange().getKey().toStringUtf8()).isEqualTo("a");
    assertThatThrownBy(() ->
            read("{\"compare\":[{\"version\":1,\"lease\":2}]}", TxnRequest.getDefaultInstance()))
        .isInstanceOf(BadRequest.class)
        .hasMessageContaining("oneof");
  }

  @Test
  void stringsAndListsOfThemAreTaken() throws BadRequest {
    assertThat(read(
                "{\"peerURLs\":[\"http://a:1\",\"http://b:2\"],\"isLearner\":true}",
                MemberAddRequest.getDefaultInstance())
            .getPeerURLsList())
        .containsExactly("http://a:1", "http://b:2");
    assertThatThrownBy(
            () -> read("{\"name\":\"\\ud800\"}", AuthUserAddRequest.getDefaultInstance()))
        .isInstanceOf(BadRequest.class);
    assertThatThrownBy(() -> read("{\"name\":[\"a\"]}", AuthUserAddRequest.getDefaultInstance()))
        .isInstanceOf(BadRequest.class);
    assertThatThrownBy(() -> read("{\"peerURLs\":[null]}", MemberAddRequest.getDefaultInstance()))
        .isInstanceOf(BadRequest.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "{}", "{} {\"limit\":1}", "{}nonsense"})
  void onlyTheFirstValueCountsAndNoneIsAnEmptyMessage(String json) throws BadRequest {
    assertThat(range(json)).isEqualTo(RangeRequest.getDefaultInstance());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{",
        "{\"key\":",
        "{\"key\"}",
        "{'key':1}",
        "{key:1}",
        "{\"limit\":1,}",
        "[]",
        "5",
        "null",
        "\"a\"",
        "{\"limit\":01}",
        "{\"limit\":",
        "{\"limit\":NaN}",
        "{/*c*/}",
        "nonsense",
      })
  void whatIsNoJsonObjectIsRefused(String json) {
    assertThatThrownBy(() -> range(json)).isInstanceOf(BadRequest.class);
  }

  @Test
  void nestingHasABound() throws BadRequest {
    int depth = 5000;
    String open = "{\"success\":[{\"request_txn\":".repeat(depth);
    String close = "}]}".repeat(depth);

    assertThatThrownBy(() -> read(open + "{}" + close, TxnRequest.getDefaultInstance()))
        .isInstanceOf(BadRequest.class);
    assertThatThrownBy(() -> range("{\"nothing\":" + "[".repeat(100_000)))
        .isInstanceOf(BadRequest.class);
  }

  @Test
  void otherEncodingsThanUtf8AreRefused() {
    assertThatThrownBy(() -> reader.read(
            "{\"limit\":1}".getBytes(StandardCharsets.UTF_16LE), RangeRequest.getDefaultInstance()))
        .isInstanceOf(BadRequest.class);
    assertThatThrownBy(() -> reader.read(
            new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'},
            RangeRequest.getDefaultInstance()))
        .isInstanceOf(BadRequest.class);
  }

  @Test
  void aLargeValueIsRead() throws BadRequest {
    String value = "QUFB".repeat(200_000);

    PutRequest put = read("{\"value\":\"" + value + "\"}", PutRequest.getDefaultInstance());

    assertThat(put.getValue().size()).isEqualTo(600_000);
  }
}
