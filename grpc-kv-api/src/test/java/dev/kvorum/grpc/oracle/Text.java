package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Short, unambiguous text for messages and keys in reports. */
final class Text {
  private static final int LONGEST = 4000;

  private static final Pattern ZEROS = Pattern.compile("(\\\\000){8,}");

  private Text() {}

  static String of(Message message) {
    String name = message.getDescriptorForType().getName();
    String text = ZEROS
        .matcher(TextFormat.printer().shortDebugString(message))
        .replaceAll(zeros -> "(" + zeros.group().length() / 4 + " zeros)");
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
