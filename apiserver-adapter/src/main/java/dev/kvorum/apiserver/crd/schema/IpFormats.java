package dev.kvorum.apiserver.crd.schema;

import java.nio.charset.StandardCharsets;

/** Addresses of networks and of their cards. */
final class IpFormats {
  private IpFormats() {}

  static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /**
   * An address of version 4 or 6.
   *
   * @param sloppy zeros may stand before the numbers of version 4
   */
  static boolean isAddress(String text, boolean sloppy) {
    return bits(text, sloppy) != 0;
  }

  /** An address with the length of its network's prefix. */
  static boolean isCidr(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      return false;
    }
    int bits = bits(text.substring(0, slash), true);
    String length = text.substring(slash + 1);
    return bits != 0
        && !length.isEmpty()
        && length.length() <= 9
        && isDigits(length)
        && Integer.parseInt(length) <= bits;
  }

  /** How many bits the address has; 0 if it is none. */
  private static int bits(String text, boolean sloppy) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '.') {
        return isVersion4(text, sloppy) ? 32 : 0;
      }
      if (text.charAt(i) == ':') {
        return isVersion6(text, sloppy) ? 128 : 0;
      }
    }
    return 0;
  }

  private static boolean isVersion4(String text, boolean sloppy) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 4) {
      return false;
    }
    for (String part : parts) {
      boolean padded = part.length() > 1 && part.charAt(0) == '0';
      String digits = sloppy ? part.replaceFirst("^0+(?=.)", "") : part;
      if (digits.isEmpty()
          || digits.length() > 3
          || (padded && !sloppy)
          || !isDigits(digits)
          || Integer.parseInt(digits) > 255) {
        return false;
      }
    }
    return true;
  }

  private static boolean isVersion6(String text, boolean sloppy) {
    int gap = text.indexOf("::");
    if (gap < 0) {
      return groups(text, sloppy) == 8;
    }
    String before = text.substring(0, gap);
    String after = text.substring(gap + 2);
    if (after.contains("::") || before.contains(".")) {
      return false;
    }
    int first = before.isEmpty() ? 0 : groups(before, sloppy);
    int last = after.isEmpty() ? 0 : groups(after, sloppy);
    return first >= 0 && last >= 0 && first + last < 8;
  }

  /** How many groups of 16 bits there are; -1 if something else is there, too. */
  private static int groups(String text, boolean sloppy) {
    String[] parts = text.split(":", -1);
    for (int i = 0; i < parts.length; i++) {
      if (i == parts.length - 1 && parts[i].contains(".")) {
        return isVersion4(parts[i], sloppy) ? parts.length + 1 : -1;
      }
      if (parts[i].length() > 4 || !isHex(parts[i])) {
        return -1;
      }
    }
    return parts.length;
  }

  /** Of 6, 8 or 20 bytes, with colons or dashes between the bytes, or dots between pairs of them, or nothing. */
  static boolean isMac(String text) {
    int length = text.length();
    if (isHex(text)) {
      return length == 12 || length == 16 || length == 40;
    }
    if (length < 14) {
      return false;
    }
    char separator = text.charAt(2) == ':' || text.charAt(2) == '-' ? text.charAt(2) : '.';
    int digits = separator == '.' ? 4 : 2;
    if ((text.length() + 1) % (digits + 1) != 0) {
      return false;
    }
    int groups = (text.length() + 1) / (digits + 1);
    int size = groups * digits / 2;
    for (int i = 0; i < groups; i++) {
      int start = i * (digits + 1);
      if (!isHex(text.substring(start, start + digits))
          || (i > 0 && text.charAt(start - 1) != separator)) {
        return false;
      }
    }
    return size == 6 || size == 8 || size == 20;
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(each -> each >= '0' && each <= '9');
  }

  private static boolean isHex(String text) {
    return !text.isEmpty()
        && text.chars().allMatch(each -> each < 128 && Character.digit(each, 16) >= 0);
  }
}
