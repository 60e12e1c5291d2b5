package dev.kvorum.apiserver.crd.schema;

import com.google.re2j.Pattern;

/** Numbers whose last digit is made of the others. */
final class Checksums {
  private static final Pattern NO_DIGITS = Pattern.compile("[^0-9]+");
  private static final Pattern SPACES_AND_DASHES = Pattern.compile("[\\s-]+");
  private static final Pattern ISBN_10 = Pattern.compile("^(?:[0-9]{9}X|[0-9]{10})$");
  private static final Pattern ISBN_13 = Pattern.compile("^(?:[0-9]{13})$");
  private static final Pattern CARD = Pattern.compile(
      "^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|"
          + "3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\\d{3})\\d{11})$");

  private Checksums() {}

  static boolean isIsbn10(String text) {
    String digits = SPACES_AND_DASHES.matcher(text).replaceAll("");
    if (!ISBN_10.matcher(digits).find()) {
      return false;
    }
    int sum = digits.charAt(9) == 'X' ? 100 : 10 * (digits.charAt(9) - '0');
    for (int i = 0; i < 9; i++) {
      sum += (i + 1) * (digits.charAt(i) - '0');
    }
    return sum % 11 == 0;
  }

  static boolean isIsbn13(String text) {
    String digits = SPACES_AND_DASHES.matcher(text).replaceAll("");
    if (!ISBN_13.matcher(digits).find()) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < 12; i++) {
      sum += (i % 2 == 0 ? 1 : 3) * (digits.charAt(i) - '0');
    }
    return digits.charAt(12) - '0' == (10 - sum % 10) % 10;
  }

  static boolean isCreditCard(String text) {
    String digits = NO_DIGITS.matcher(text).replaceAll("");
    if (!CARD.matcher(digits).find()) {
      return false;
    }
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      int weighed = i % 2 == 0 ? digit : 2 * digit;
      sum += weighed > 9 ? weighed - 9 : weighed;
    }
    return sum % 10 == 0;
  }
}
