package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.Locale;

/** Short, unambiguous text for messages and keys in reports. */
final class Text {
  private static final int LONGEST = 4000;

  private Text() {}

  static String of(Message message) {
    String name = message.getDescriptorForType().getName();
    String text = TextFormat.printer().shortDebugString(message);
    String shown =
        text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "... " + text.length();
    return name + " { " + shown + " }";
  }

  /** Printable ASCII as it is, everything else as {@code \xNN}. */
  static String of(ByteString bytes) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      if (each >= 0x20 && each < 0x7f && each != '\\') {
        text.append((char) each);
      } else {
        text.append(String.format(Locale.ROOT, "\\x%02x", each));
      }
    }
    return text.toString();
  }
}
