package dev.kvorum.store;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A password on its way to be hashed or compared. Never printed; forgotten by {@link #close}. Not thread-safe. */
public final class Password implements AutoCloseable {
  private final byte[] bytes;

  private Password(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Of this text. */
  public static Password of(String text) {
    return new Password(text.getBytes(StandardCharsets.UTF_8));
  }

  /** These bytes, UTF-8 as clients send it; copies them. */
  public static Password copyOf(Bytes utf8) {
    return new Password(utf8.toByteArray());
  }

  /** Length in bytes of its UTF-8 form. */
  public int length() {
    return bytes.length;
  }

  /** The bytes, which are zeroes after {@link #close}; not to be kept. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  @Override
  public String toString() {
    return "Password[***]";
  }
}
