package dev.kvorum.apiserver.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Requirements on an object's fields, all of which must hold. Which fields a kind offers is not known here.
 *
 * @param requirements in the order in which they were written; none matches everything
 */
public record FieldSelector(List<Requirement> requirements) {
  public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

  private static final List<String> OPERATORS = List.of("!=", "==", "=");

  /**
   * One condition.
   *
   * @param field its path, such as {@code metadata.name}
   * @param equal whether the field must have the value, rather than must not
   */
  public record Requirement(String field, boolean equal, String value) {
    @Override
    public String toString() {
      return field + (equal ? "=" : "!=") + escape(value);
    }
  }

  public FieldSelector {
    requirements = List.copyOf(requirements);
  }

  /** Understands {@code text}; see the Kubernetes API: field selectors. */
  public static FieldSelector parse(String text) throws SelectorException {
    List<Requirement> requirements = new ArrayList<>();
    for (String term : terms(text)) {
      if (!term.isEmpty()) {
        requirements.add(requirement(text, term));
      }
    }
    return requirements.isEmpty() ? EVERYTHING : new FieldSelector(requirements);
  }

  private static List<String> terms(String text) {
    List<String> terms = new ArrayList<>();
    int from = 0;
    boolean escaped = false;
    for (int i = 0; i < text.length(); i++) {
      if (escaped) {
        escaped = false;
      } else if (text.charAt(i) == '\\') {
        escaped = true;
      } else if (text.charAt(i) == ',') {
        terms.add(text.substring(from, i));
        from = i + 1;
      }
    }
    terms.add(text.substring(from));
    return terms;
  }

  private static Requirement requirement(String selector, String term) throws SelectorException {
    for (int i = 0; i < term.length(); i++) {
      for (String operator : OPERATORS) {
        if (term.startsWith(operator, i)) {
          return new Requirement(
              term.substring(0, i),
              !operator.equals("!="),
              unescape(term.substring(i + operator.length())));
        }
      }
    }
    throw new SelectorException(
        "invalid selector: '" + selector + "'; can't understand '" + term + "'");
  }

  private static String unescape(String value) throws SelectorException {
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        i++;
        if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
          throw new SelectorException("invalid field selector: invalid escape sequence: "
              + value.substring(i - 1, Math.min(i + 1, value.length())));
        }
        plain.append(value.charAt(i));
      } else if (c == ',' || c == '=') {
        throw new SelectorException(
            "invalid field selector: unescaped character in value: " + (int) c);
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  private static String escape(String value) {
    return value.replace("\\", "\\\\").replace(",", "\\,").replace("=", "\\=");
  }

  public boolean isEverything() {
    return requirements.isEmpty();
  }

  /**
   * Whether an object's fields meet it.
   *
   * @param fields a field's value by its path; what is not there counts as empty
   */
  public boolean matches(Function<String, @Nullable String> fields) {
    for (Requirement requirement : requirements) {
      String value = fields.apply(requirement.field);
      if ((value == null ? "" : value).equals(requirement.value) != requirement.equal) {
        return false;
      }
    }
    return true;
  }

  /** The value that the field must have; null if it may have several. */
  public @Nullable String exact(String field) {
    for (Requirement requirement : requirements) {
      if (requirement.equal && requirement.field.equals(field)) {
        return requirement.value;
      }
    }
    return null;
  }

  /** The canonical form, which can be parsed. */
  @Override
  public String toString() {
    return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
  }
}
