package dev.kvorum.apiserver.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.json.GoNumbers;
import dev.kvorum.apiserver.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes trees as upstream's library does, byte for byte: in blocks, members sorted as people sort them, lists not indented,
 * long lines folded.
 */
public final class YamlWriter {
  private static final int MAX_SIMPLE_KEY_BYTES = 128;

  private final YamlLines out = new YamlLines();

  private YamlWriter() {}

  /** A document with one value. */
  public static byte[] write(JsonNode value) {
    YamlWriter writer = new YamlWriter();
    writer.node(value, false);
    writer.out.end();
    return writer.out.text().getBytes(StandardCharsets.UTF_8);
  }

  private void node(JsonNode value, boolean inMapping) {
    switch (value.getNodeType()) {
      case OBJECT -> {
        if (value.isEmpty()) {
          out.indicator("{}", true, false, false);
        } else {
          mapping(value);
        }
      }
      case ARRAY -> {
        if (value.isEmpty()) {
          out.indicator("[]", true, false, false);
        } else {
          sequence(value, inMapping);
        }
      }
      default -> scalar(value);
    }
  }

  private void mapping(JsonNode object) {
    int before = out.increaseIndent(false, false);
    List<String> names = NaturalOrder.sorted(object.fieldNames());
    for (String name : names) {
      out.indent();
      ScalarText key = new ScalarText(name);
      if (!key.isMultiline()
          && name.getBytes(StandardCharsets.UTF_8).length <= MAX_SIMPLE_KEY_BYTES) {
        out.scalar(name, key.style(true), true);
        out.indicator(":", false, false, false);
      } else {
        out.indicator("?", true, false, true);
        out.scalar(name, key.style(false), false);
        out.indent();
        out.indicator(":", true, false, true);
      }
      node(object.get(name), true);
    }
    out.restoreIndent(before);
  }

  private void sequence(JsonNode array, boolean inMapping) {
    int before = out.increaseIndent(false, inMapping && !out.isIndention());
    for (JsonNode element : array) {
      out.indent();
      out.indicator("-", true, false, true);
      node(element, false);
    }
    out.restoreIndent(before);
  }

  private void scalar(JsonNode value) {
    switch (value.getNodeType()) {
      case STRING -> {
        String text = value.textValue();
        out.scalar(text, new ScalarText(text).style(false), false);
      }
      case NUMBER ->
        out.scalar(
            value.isIntegralNumber() ? value.asText() : number(value),
            ScalarText.Style.PLAIN,
            false);
      case BOOLEAN -> out.scalar(value.asText(), ScalarText.Style.PLAIN, false);
      default -> out.scalar("null", ScalarText.Style.PLAIN, false);
    }
  }

  /** By way of JSON, where a double that is a whole number looks like one. */
  private static String number(JsonNode value) {
    JsonNode read = Scalars.plain(new String(JsonWriter.compact(value), StandardCharsets.UTF_8));
    return read.isIntegralNumber() ? read.asText() : GoNumbers.shortest(value.doubleValue());
  }
}
