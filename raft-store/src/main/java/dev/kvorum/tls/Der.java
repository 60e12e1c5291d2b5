package dev.kvorum.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;

/** ASN.1 in its distinguished encoding, as much of it as keys and certificates of our own need. */
final class Der {
  static final int INTEGER = 0x02;
  static final int BIT_STRING = 0x03;
  static final int OCTET_STRING = 0x04;
  static final int NULL = 0x05;
  static final int OID = 0x06;
  static final int UTF8 = 0x0c;
  static final int SEQUENCE = 0x30;
  static final int SET = 0x31;
  private static final int BOOLEAN = 0x01;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;

  private static final DateTimeFormatter SHORT_TIME =
      DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter LONG_TIME =
      DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);

  private Der() {}

  /** One element: its tag, its length and what it is made of. */
  static byte[] element(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 6);
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else {
      int bytes = (39 - Integer.numberOfLeadingZeros(length)) / 8;
      out.write(0x80 | bytes);
      for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
        out.write(length >>> shift);
      }
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... parts) {
    return element(SEQUENCE, parts);
  }

  static byte[] integer(BigInteger value) {
    return element(INTEGER, value.toByteArray());
  }

  static byte[] integer(long value) {
    return integer(BigInteger.valueOf(value));
  }

  static byte[] yes() {
    return element(BOOLEAN, new byte[] {(byte) 0xff});
  }

  static byte[] utf8(String text) {
    return element(UTF8, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A bit string of whole bytes. */
  static byte[] bits(byte[] bytes) {
    return element(BIT_STRING, new byte[] {0}, bytes);
  }

  /** A date of a certificate: with two digits of the year until 2049. */
  static byte[] time(Instant instant) {
    boolean fits = instant.atZone(ZoneOffset.UTC).getYear() < 2050;
    return element(
        fits ? UTC_TIME : GENERALIZED_TIME,
        (fits ? SHORT_TIME : LONG_TIME).format(instant).getBytes(StandardCharsets.US_ASCII));
  }

  /** An object identifier in its usual notation, as in {@code 2.5.29.17}. */
  static byte[] oid(String dotted) {
    String[] arcs = dotted.split("\\.", -1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    base128(out, Long.parseLong(arcs[0]) * 40 + Long.parseLong(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      base128(out, Long.parseLong(arcs[i]));
    }
    return element(OID, out.toByteArray());
  }

  private static void base128(ByteArrayOutputStream out, long value) {
    int shift = 0;
    while (value >>> (shift + 7) != 0) {
      shift += 7;
    }
    for (; shift >= 0; shift -= 7) {
      out.write((int) (value >>> shift & 0x7f) | (shift > 0 ? 0x80 : 0));
    }
  }

  /**
   * Reads elements one after the other.
   *
   * <p>Throws {@link IllegalArgumentException} at the end and on whatever does not fit.
   */
  static final class Reader {
    private final byte[] bytes;
    private int position;

    Reader(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean hasMore() {
      return position < bytes.length;
    }

    /** The next element's tag. */
    int tag() {
      return at(position);
    }

    /** The next element whole, and moves behind it. */
    byte[] element() {
      int start = position;
      content();
      return Arrays.copyOfRange(bytes, start, position);
    }

    /** The next element's content, and moves behind it. */
    byte[] content() {
      int length = at(position + 1);
      int start = position + 2;
      if (length >= 0x80) {
        int count = length & 0x7f;
        if (count == 0 || count > 3) {
          throw new IllegalArgumentException("length of " + count + " bytes");
        }
        length = 0;
        for (int i = 0; i < count; i++) {
          length = length << 8 | at(start++);
        }
      }
      if (length > bytes.length - start) {
        throw new IllegalArgumentException("cut off");
      }
      position = start + length;
      return Arrays.copyOfRange(bytes, start, position);
    }

    /** The content of the next element, which must have this tag. */
    byte[] expect(int tag) {
      if (tag() != tag) {
        throw new IllegalArgumentException("found " + tag() + " instead of " + tag);
      }
      return content();
    }

    private int at(int index) {
      if (index >= bytes.length) {
        throw new IllegalArgumentException("cut off");
      }
      return bytes[index] & 0xff;
    }
  }
}
