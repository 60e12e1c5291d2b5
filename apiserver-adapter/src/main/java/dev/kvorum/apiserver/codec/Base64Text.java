package dev.kvorum.apiserver.codec;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Base64 with padding, where line breaks do not matter and complaints name the byte. */
final class Base64Text {
  private final byte[] text;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private int at;

  private Base64Text(String text) {
    this.text = text.getBytes(StandardCharsets.UTF_8);
  }

  /** The same bytes as they are written. */
  static String canonical(String text) throws UnfitException {
    Base64Text reader = new Base64Text(text);
    while (reader.quantum()) {
      // Goes on to the next four.
    }
    return Base64.getEncoder().encodeToString(reader.bytes.toByteArray());
  }

  /** Reads four characters. Returns whether there may be more. */
  private boolean quantum() throws UnfitException {
    int bits = 0;
    for (int j = 0; j < 4; j++) {
      skipBreaks();
      if (at == text.length) {
        if (j == 0) {
          return false;
        }
        throw illegal(at - j);
      }
      int digit = digit(text[at++]);
      if (digit < 0) {
        if (text[at - 1] != '=') {
          throw illegal(at - 1);
        }
        padding(j, bits);
        return false;
      }
      bits = (bits << 6) | digit;
    }
    write(bits, 3);
    return true;
  }

  private void padding(int digits, int bits) throws UnfitException {
    if (digits < 2) {
      throw illegal(at - 1);
    }
    if (digits == 2) {
      skipBreaks();
      if (at == text.length) {
        throw illegal(at);
      }
      if (text[at] != '=') {
        throw illegal(at - 1);
      }
      at++;
    }
    skipBreaks();
    if (at < text.length) {
      throw illegal(at);
    }
    write(bits << (6 * (4 - digits)), digits - 1);
  }

  private void write(int bits, int count) {
    for (int i = 0; i < count; i++) {
      bytes.write(bits >> (16 - 8 * i));
    }
  }

  private void skipBreaks() {
    while (at < text.length && (text[at] == '\n' || text[at] == '\r')) {
      at++;
    }
  }

  private static int digit(byte c) {
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
      return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
      return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
  }

  private static UnfitException illegal(int position) {
    return new UnfitException("illegal base64 data at input byte " + position);
  }
}
