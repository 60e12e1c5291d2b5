package dev.kvorum.apiserver.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind the question mark, decoded. Immutable.
 *
 * <p>Read as Go's servers read it: pairs are separated by {@code &}, a pair that contains a semicolon or a wrong escape is
 * left out, {@code +} is a space.
 */
public final class QueryParameters {
  private static final QueryParameters EMPTY = new QueryParameters(Map.of());

  private final Map<String, List<String>> values;

  private QueryParameters(Map<String, List<String>> values) {
    this.values = values;
  }

  public static QueryParameters empty() {
    return EMPTY;
  }

  /** Reads a query, without the question mark. */
  public static QueryParameters parse(String query) {
    if (query.isEmpty()) {
      return EMPTY;
    }
    Map<String, List<String>> values = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      if (pair.isEmpty() || pair.indexOf(';') >= 0) {
        continue;
      }
      int equals = pair.indexOf('=');
      String name = decode(equals < 0 ? pair : pair.substring(0, equals));
      String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      if (name != null && value != null) {
        values.computeIfAbsent(name, unused -> new ArrayList<>(1)).add(value);
      }
    }
    values.replaceAll((name, all) -> List.copyOf(all));
    return new QueryParameters(values);
  }

  /** The text without escapes; null if one of them makes no sense. */
  private static @Nullable String decode(String text) {
    if (text.indexOf('%') < 0 && text.indexOf('+') < 0) {
      return text;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    byte[] raw = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < raw.length; i++) {
      if (raw[i] == '+') {
        bytes.write(' ');
      } else if (raw[i] != '%') {
        bytes.write(raw[i]);
      } else {
        int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
        int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
        if (high < 0 || low < 0) {
          return null;
        }
        bytes.write(high << 4 | low);
        i += 2;
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The first value, which is empty if there was no equals sign; null if the parameter is not there. */
  public @Nullable String first(String name) {
    List<String> all = all(name);
    return all.isEmpty() ? null : all.get(0);
  }

  /** All values, in order. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public Set<String> names() {
    return values.keySet();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
