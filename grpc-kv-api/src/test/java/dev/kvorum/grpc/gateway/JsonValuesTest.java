package dev.kvorum.grpc.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonValuesTest {
  private static List<String> cut(String text, int pieceBytes) {
    JsonValues values = new JsonValues(1000);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    List<String> cut = new ArrayList<>();
    for (int at = 0; at < bytes.length; at += pieceBytes) {
      assertThat(values.feed(
              Unpooled.wrappedBuffer(bytes, at, Math.min(pieceBytes, bytes.length - at))))
          .isTrue();
      drain(values, cut);
    }
    values.end();
    drain(values, cut);
    return cut;
  }

  private static void drain(JsonValues values, List<String> target) {
    byte[] value;
    while ((value = values.poll()) != null) {
      target.add(new String(value, StandardCharsets.UTF_8));
    }
  }

  @Test
  void valuesEndWhereTheyEndHoweverTheyArrive() {
    String text = " {\"a\":\"}\\\"]\"}{\"b\":[{},[]]}\n\n{\"ä\":{}} 5 null\"x y\"true[1] {\"cut\":";

    for (int pieceBytes = 1; pieceBytes < text.length() + 5; pieceBytes++) {
      assertThat(cut(text, pieceBytes))
          .containsExactly(
              "{\"a\":\"}\\\"]\"}",
              "{\"b\":[{},[]]}",
              "{\"ä\":{}}",
              "5",
              "null",
              "\"x y\"",
              "true",
              "[1]",
              "{\"cut\":");
    }
  }

  @Test
  void aValueThatIsTooLargeIsRefused() {
    JsonValues values = new JsonValues(8);

    assertThat(values.feed(Unpooled.copiedBuffer("{\"abcd\":", StandardCharsets.UTF_8)))
        .isTrue();
    assertThat(values.feed(Unpooled.copiedBuffer("1", StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void tooManyValuesAtOnceAreRefused() {
    JsonValues values = new JsonValues(8);

    assertThat(values.feed(Unpooled.copiedBuffer("1 ".repeat(5000), StandardCharsets.UTF_8)))
        .isFalse();
  }
}
