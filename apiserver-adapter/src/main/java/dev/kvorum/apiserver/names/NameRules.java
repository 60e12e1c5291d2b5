package dev.kvorum.apiserver.names;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The rules for names of several kinds, with the words of the Kubernetes API for what is wrong: tools show them, and some
 * match on them. Each method returns what is wrong; nothing if the value is good.
 */
public final class NameRules {
  private static final int MAX_LABEL = 63;
  private static final int MAX_SUBDOMAIN = 253;

  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
  private static final String SUBDOMAIN = LABEL + "(\\." + LABEL + ")*";
  private static final String LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
  private static final String KEY = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
  private static final String VALUE = "(" + KEY + ")?";

  private static final Pattern IS_LABEL = Pattern.compile(LABEL);
  private static final Pattern IS_SUBDOMAIN = Pattern.compile(SUBDOMAIN);
  private static final Pattern IS_LABEL_1035 = Pattern.compile(LABEL_1035);
  private static final Pattern IS_KEY = Pattern.compile(KEY);
  private static final Pattern IS_VALUE = Pattern.compile(VALUE);

  private static final String KEY_RULE =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and"
          + " end with an alphanumeric character";

  private NameRules() {}

  /** A label as in RFC 1123: at most 63 lower-case letters, digits and inner dashes. */
  public static List<String> label(String value) {
    List<String> wrong = new ArrayList<>();
    if (bytes(value) > MAX_LABEL) {
      wrong.add(tooLong(MAX_LABEL, "characters"));
    }
    if (!IS_LABEL.matcher(value).matches()) {
      wrong.add(
          IS_SUBDOMAIN.matcher(value).matches()
              ? "must not contain dots"
              : pattern(
                  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must"
                      + " start and end with an alphanumeric character",
                  LABEL,
                  "my-name",
                  "123-abc"));
    }
    return wrong;
  }

  /** A subdomain as in RFC 1123: labels joined by dots, at most 253 characters. */
  public static List<String> subdomain(String value) {
    List<String> wrong = new ArrayList<>();
    if (bytes(value) > MAX_SUBDOMAIN) {
      wrong.add(tooLong(MAX_SUBDOMAIN, "characters"));
    }
    if (!IS_SUBDOMAIN.matcher(value).matches()) {
      wrong.add(pattern(
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must"
              + " start and end with an alphanumeric character",
          SUBDOMAIN,
          "example.com"));
    }
    return wrong;
  }

  /** A label as in RFC 1035, which begins with a letter. */
  public static List<String> label1035(String value) {
    List<String> wrong = new ArrayList<>();
    if (bytes(value) > MAX_LABEL) {
      wrong.add(tooLong(MAX_LABEL, "characters"));
    }
    if (!IS_LABEL_1035.matcher(value).matches()) {
      wrong.add(pattern(
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic"
              + " character, and end with an alphanumeric character",
          LABEL_1035,
          "my-name",
          "abc-123"));
    }
    return wrong;
  }

  /** The key of a label or annotation, or any other qualified name: a name, with a subdomain and a slash before it or not. */
  public static List<String> qualifiedName(String value) {
    List<String> wrong = new ArrayList<>();
    String[] parts = value.split("/", -1);
    if (parts.length > 2) {
      wrong.add("a valid label key " + keyPattern()
          + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
      return wrong;
    }
    if (parts.length == 2) {
      if (parts[0].isEmpty()) {
        wrong.add("prefix part must be non-empty");
      } else {
        subdomain(parts[0]).forEach(reason -> wrong.add("prefix part " + reason));
      }
    }
    String name = parts[parts.length - 1];
    if (name.isEmpty()) {
      wrong.add("name part must be non-empty");
    } else if (bytes(name) > MAX_LABEL) {
      wrong.add("name part " + tooLong(MAX_LABEL, "bytes"));
    }
    if (!IS_KEY.matcher(name).matches()) {
      wrong.add("name part " + keyPattern());
    }
    return wrong;
  }

  /** The value of a label. */
  public static List<String> labelValue(String value) {
    List<String> wrong = new ArrayList<>();
    if (bytes(value) > MAX_LABEL) {
      wrong.add(tooLong(MAX_LABEL, "bytes"));
    }
    if (!IS_VALUE.matcher(value).matches()) {
      wrong.add(pattern(
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
              + " start and end with an alphanumeric character",
          VALUE,
          "MyValue",
          "my_value",
          "12345"));
    }
    return wrong;
  }

  private static String keyPattern() {
    return pattern(KEY_RULE, KEY, "MyName", "my.name", "123-abc");
  }

  private static String tooLong(int limit, String unit) {
    return "must be no more than " + limit + " " + unit;
  }

  private static String pattern(String rule, String regex, String... examples) {
    StringBuilder text = new StringBuilder(rule).append(" (e.g. ");
    for (int i = 0; i < examples.length; i++) {
      text.append(i == 0 ? "" : " or ").append('\'').append(examples[i]).append("', ");
    }
    return text.append("regex used for validation is '")
        .append(regex)
        .append("')")
        .toString();
  }

  private static int bytes(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length;
  }
}
