package dev.kvorum.apiserver.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Headers: names, whose case does not matter, with one or more values each. Immutable. */
public final class HttpFields {
  private static final HttpFields EMPTY = new HttpFields(Map.of());

  private record Field(String name, List<String> values) {}

  private final Map<String, Field> fields; // by the name in lower case, in the order of arrival

  private HttpFields(Map<String, Field> fields) {
    this.fields = fields;
  }

  public static HttpFields empty() {
    return EMPTY;
  }

  public static HttpFields of(String name, String value) {
    return builder().add(name, value).build();
  }

  public static HttpFields of(String name, String value, String name2, String value2) {
    return builder().add(name, value).add(name2, value2).build();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** The first value; null if there is none. */
  public @Nullable String first(String name) {
    List<String> all = all(name);
    return all.isEmpty() ? null : all.get(0);
  }

  /** All values, in order. */
  public List<String> all(String name) {
    Field field = fields.get(key(name));
    return field == null ? List.of() : field.values;
  }

  public boolean has(String name) {
    return fields.containsKey(key(name));
  }

  /** Calls {@code each} with each name, in the case in which it came, and each of its values. */
  public void forEach(BiConsumer<String, String> each) {
    for (Field field : fields.values()) {
      for (String value : field.values) {
        each.accept(field.name, value);
      }
    }
  }

  /** These, and one more value. */
  public HttpFields with(String name, String value) {
    Builder builder = builder();
    forEach(builder::add);
    return builder.add(name, value).build();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HttpFields that && values().equals(that.values());
  }

  @Override
  public int hashCode() {
    return values().hashCode();
  }

  /** Names only: values may be secrets. */
  @Override
  public String toString() {
    return fields.keySet().toString();
  }

  private Map<String, List<String>> values() {
    Map<String, List<String>> values = new LinkedHashMap<>();
    fields.forEach((name, field) -> values.put(name, field.values));
    return values;
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Collects fields. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Field> fields = new LinkedHashMap<>();

    private Builder() {}

    /** Adds a value to those that {@code name} has. */
    public Builder add(String name, String value) {
      fields
          .computeIfAbsent(key(name), unused -> new Field(name, new ArrayList<>(1)))
          .values
          .add(value);
      return this;
    }

    /** Makes {@code value} the only one that {@code name} has. */
    public Builder set(String name, String value) {
      fields.put(key(name), new Field(name, new ArrayList<>(List.of(value))));
      return this;
    }

    public HttpFields build() {
      Map<String, Field> copy = new LinkedHashMap<>();
      fields.forEach(
          (key, field) -> copy.put(key, new Field(field.name, List.copyOf(field.values))));
      return new HttpFields(copy);
    }
  }
}
