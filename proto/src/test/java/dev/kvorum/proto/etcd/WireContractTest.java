package dev.kvorum.proto.etcd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The compiled descriptors are exactly what {@code wire-contract.txt} says: every message, field, number, type, enum
 * value and method, and nothing besides. Clients in the field have these numbers compiled in, and protobuf reports no
 * error when one differs; it loses the field.
 */
class WireContractTest {
  private static final List<FileDescriptor> FILES = List.of(
      KvProto.getDescriptor(),
      AuthProto.getDescriptor(),
      RpcProto.getDescriptor(),
      V3LockProto.getDescriptor(),
      V3ElectionProto.getDescriptor());

  @Test
  void everyNameNumberAndTypeIsAsClientsExpectIt() throws IOException {
    SortedMap<String, List<String>> expected = readContract();

    assertThat(expected).hasSizeGreaterThan(130);
    assertThat(describe()).containsExactlyEntriesOf(expected);
  }

  /** Heading ({@code message a.B}, {@code enum a.B.C}, {@code service a.S}) to the sorted lines below it. */
  private static SortedMap<String, List<String>> readContract() throws IOException {
    SortedMap<String, List<String>> sections = new TreeMap<>();
    List<String> section = List.of();
    try (InputStream in =
        Objects.requireNonNull(WireContractTest.class.getResourceAsStream("wire-contract.txt"))) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        if (line.startsWith(" ")) {
          section.add(line.strip());
        } else {
          section = new ArrayList<>();
          assertThat(sections.put(line, section))
              .as("heading given twice: %s", line)
              .isNull();
        }
      }
    }
    sections.values().forEach(lines -> lines.sort(null));
    return sections;
  }

  private static SortedMap<String, List<String>> describe() {
    SortedMap<String, List<String>> sections = new TreeMap<>();
    for (FileDescriptor file : FILES) {
      file.getMessageTypes().forEach(message -> describe(message, sections));
      file.getEnumTypes().forEach(type -> describe(type, sections));
      for (ServiceDescriptor service : file.getServices()) {
        sections.put(
            "service " + service.getFullName(),
            service.getMethods().stream()
                .map(WireContractTest::describe)
                .sorted()
                .toList());
      }
    }
    return sections;
  }

  private static void describe(Descriptor message, SortedMap<String, List<String>> sections) {
    sections.put(
        "message " + message.getFullName(),
        message.getFields().stream().map(WireContractTest::describe).sorted().toList());
    message.getNestedTypes().forEach(nested -> describe(nested, sections));
    message.getEnumTypes().forEach(nested -> describe(nested, sections));
  }

  private static void describe(EnumDescriptor type, SortedMap<String, List<String>> sections) {
    sections.put(
        "enum " + type.getFullName(),
        type.getValues().stream()
            .map(value -> value.getNumber() + " " + value.getName())
            .sorted()
            .toList());
  }

  private static String describe(FieldDescriptor field) {
    OneofDescriptor oneof = field.getContainingOneof();
    return field.getNumber()
        + (field.isRepeated() ? " repeated " : " ")
        + typeOf(field)
        + " "
        + field.getName()
        + (oneof == null ? "" : " oneof " + oneof.getName());
  }

  private static String typeOf(FieldDescriptor field) {
    return switch (field.getJavaType()) {
      case MESSAGE -> field.getMessageType().getFullName();
      case ENUM -> field.getEnumType().getFullName();
      case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING ->
        field.getType().toProto().name().substring(5).toLowerCase(java.util.Locale.ROOT);
    };
  }

  private static String describe(MethodDescriptor method) {
    return method.getName()
        + (method.isClientStreaming() ? " stream " : " ")
        + method.getInputType().getFullName()
        + (method.isServerStreaming() ? " stream " : " ")
        + method.getOutputType().getFullName();
  }
}
