package dev.kvorum.apiserver.selector;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Requirements on an object's labels, all of which must hold.
 *
 * @param requirements in the order in which they were written; none matches everything
 */
public record LabelSelector(List<Requirement> requirements) {
  public static final LabelSelector EVERYTHING = new LabelSelector(List.of());

  /** How a label is compared. */
  public enum Operator {
    IN(" in "),
    NOT_IN(" notin "),
    EQUALS("="),
    DOUBLE_EQUALS("=="),
    NOT_EQUALS("!="),
    GREATER_THAN(">"),
    LESS_THAN("<"),
    EXISTS(""),
    DOES_NOT_EXIST("");

    private final String text;

    Operator(String text) {
      this.text = text;
    }
  }

  /**
   * One condition.
   *
   * @param key the label's
   * @param values as written, each once; as many as the operator takes
   */
  public record Requirement(String key, Operator operator, List<String> values) {
    public Requirement {
      values = List.copyOf(values);
    }

    /** Whether labels meet it. A label that is not there meets what says that it is not something. */
    public boolean matches(Map<String, String> labels) {
      String value = labels.get(key);
      return switch (operator) {
        case EXISTS -> value != null;
        case DOES_NOT_EXIST -> value == null;
        case IN, EQUALS, DOUBLE_EQUALS -> value != null && values.contains(value);
        case NOT_IN, NOT_EQUALS -> value == null || !values.contains(value);
        case GREATER_THAN -> compare(value) > 0;
        case LESS_THAN -> compare(value) < 0;
      };
    }

    /** How the label's number compares; 0 if one of both is not a number. */
    private int compare(@Nullable String value) {
      if (value == null) {
        return 0;
      }
      try {
        return Long.compare(Long.parseLong(value), Long.parseLong(values.get(0)));
      } catch (NumberFormatException notANumber) {
        return 0;
      }
    }

    @Override
    public String toString() {
      String listed = String.join(",", new TreeSet<>(values));
      return switch (operator) {
        case EXISTS -> key;
        case DOES_NOT_EXIST -> "!" + key;
        case IN, NOT_IN -> key + operator.text + "(" + listed + ")";
        case EQUALS, DOUBLE_EQUALS, NOT_EQUALS, GREATER_THAN, LESS_THAN ->
          key + operator.text + listed;
      };
    }
  }

  public LabelSelector {
    requirements = List.copyOf(requirements);
  }

  /** Understands {@code text}; see the Kubernetes API: labels and selectors. */
  public static LabelSelector parse(String text) throws SelectorException {
    return text.isEmpty() ? EVERYTHING : new LabelSelector(new LabelSelectorParser(text).parse());
  }

  public boolean isEverything() {
    return requirements.isEmpty();
  }

  public boolean matches(Map<String, String> labels) {
    for (Requirement requirement : requirements) {
      if (!requirement.matches(labels)) {
        return false;
      }
    }
    return true;
  }

  /** The canonical form. */
  @Override
  public String toString() {
    return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
  }
}
