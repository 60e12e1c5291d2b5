package dev.kvorum.grpc.oracle;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The keys of the sequences: few, so that calls meet, and awkward, so that order and prefixes matter. */
final class Keys {
  static final Comparator<ByteString> ORDER = ByteString.unsignedLexicographicalComparator();

  /** The range end that means "to the end", and the smallest key. */
  static final ByteString ZERO = bytes(0);

  static final List<ByteString> ALL = List.of(
      bytes(0),
      bytes(0, 0),
      bytes(0, 0xff),
      bytes('a'),
      bytes('a', 0),
      bytes('a', 'a'),
      bytes('a', 'b'),
      bytes('a', 0x7f),
      bytes('a', 0x80),
      bytes('a', 0xff),
      bytes('b'),
      bytes('k', '/'),
      bytes('k', '/', '1'),
      bytes('k', '/', '2'),
      bytes('k', '0'),
      bytes(0xff),
      bytes(0xff, 0),
      bytes(0xff, 0xff));

  /** Many keys, for pages and limits: the awkward ones, and some hundred below two prefixes. */
  static final List<ByteString> WIDE = wide();

  private Keys() {}

  private static List<ByteString> wide() {
    List<ByteString> keys = new ArrayList<>(ALL);
    for (int i = 0; i < 400; i++) {
      String name = i % 3 == 0 ? "w/" + i : "w/sub/" + i;
      keys.add(ByteString.copyFromUtf8(name));
    }
    return List.copyOf(keys);
  }

  static ByteString bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return ByteString.copyFrom(bytes);
  }

  /** The end of the range of all keys that begin with {@code prefix}, as etcd's clients compute it. */
  static ByteString prefixEnd(ByteString prefix) {
    for (int last = prefix.size() - 1; last >= 0; last--) {
      int value = prefix.byteAt(last) & 0xff;
      if (value < 0xff) {
        return prefix.substring(0, last).concat(bytes(value + 1));
      }
    }
    return ZERO;
  }

  /** Whether a range request or watch on {@code start}, {@code end} means {@code key}. */
  static boolean contains(ByteString start, ByteString end, ByteString key) {
    if (end.isEmpty()) {
      return key.equals(start);
    }
    boolean fromStart = ORDER.compare(key, start) >= 0;
    return fromStart && (end.equals(ZERO) || ORDER.compare(key, end) < 0);
  }
}
