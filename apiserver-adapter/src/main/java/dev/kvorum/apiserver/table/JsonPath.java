package dev.kvorum.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A path into an object, in the dialect of the Kubernetes API: {@code .spec.ports[0].name},
 * {@code .status.conditions[?(@.type=="Ready")].status}, {@code .a\.b}, {@code ['a']}, {@code [*]}, {@code [0:2]},
 * {@code [0,2]}, {@code ..name}.
 */
record JsonPath(List<Step> steps) {

  /** A path cannot be followed in an object: an index is out of bounds, or what should be a list is none. */
  @SuppressWarnings("serial")
  static final class NoSuchPath extends Exception {
    NoSuchPath() {
      super("no such path", null, false, false);
    }
  }

  /** From some values to others. */
  interface Step {
    List<JsonNode> from(List<JsonNode> values) throws NoSuchPath;
  }

  JsonPath {
    steps = List.copyOf(steps);
  }

  /** Reads a path; null if it is none. */
  static @Nullable JsonPath parse(String text) {
    return new JsonPathParser(text).parse();
  }

  /** What it leads to, in order; empty if it leads nowhere. */
  List<JsonNode> find(JsonNode object) {
    try {
      return follow(steps, List.of(object));
    } catch (NoSuchPath nowhere) {
      return List.of();
    }
  }

  static List<JsonNode> follow(List<Step> steps, List<JsonNode> from) throws NoSuchPath {
    List<JsonNode> values = from;
    for (Step step : steps) {
      values = step.from(values);
    }
    return values;
  }

  /** A field of each object. */
  record Member(String name) implements Step {
    @Override
    public List<JsonNode> from(List<JsonNode> values) {
      List<JsonNode> found = new ArrayList<>();
      for (JsonNode value : values) {
        JsonNode member = value.get(name);
        if (member != null) {
          found.add(member);
        }
      }
      return found;
    }
  }

  /** All that is in each. */
  record All() implements Step {
    @Override
    public List<JsonNode> from(List<JsonNode> values) {
      List<JsonNode> found = new ArrayList<>();
      values.forEach(value -> value.forEach(found::add));
      return found;
    }
  }

  /** Each that has something in it, and all such that it has in it. */
  record Descent() implements Step {
    @Override
    public List<JsonNode> from(List<JsonNode> values) {
      List<JsonNode> found = new ArrayList<>();
      values.forEach(value -> descend(value, found));
      return found;
    }

    private static void descend(JsonNode value, List<JsonNode> found) {
      if (!value.isEmpty()) {
        found.add(value);
        value.forEach(inner -> descend(inner, found));
      }
    }
  }

  /** What several paths lead to, one after the other. */
  record Union(List<List<Step>> paths) implements Step {
    @Override
    public List<JsonNode> from(List<JsonNode> values) throws NoSuchPath {
      List<JsonNode> found = new ArrayList<>();
      for (List<Step> path : paths) {
        found.addAll(follow(path, values));
      }
      return found;
    }
  }

  /** A value that the path itself has, whatever it is asked of. */
  record Constant(JsonNode value) implements Step {
    @Override
    public List<JsonNode> from(List<JsonNode> values) {
      return List.of(value);
    }
  }

  /**
   * Elements of each list.
   *
   * @param start counted from the end if negative; null for the first
   * @param end exclusive, counted from the end if negative; null for all
   * @param single whether it is the one at {@code start}, and {@code end} of no meaning
   */
  record Elements(@Nullable Integer start, @Nullable Integer end, int step, boolean single)
      implements Step {
    @Override
    public List<JsonNode> from(List<JsonNode> values) throws NoSuchPath {
      List<JsonNode> found = new ArrayList<>();
      for (JsonNode value : values) {
        if (value.isNull()) {
          continue;
        }
        if (!value.isArray()) {
          throw new NoSuchPath();
        }
        int length = value.size();
        int first = position(start == null ? 0 : start, length);
        int last = single ? first + 1 : end == null ? length : position(end, length);
        if (first == last) {
          return found;
        }
        if (first < 0 || first >= length || last < 0 || last > length || first > last || step < 1) {
          throw new NoSuchPath();
        }
        // In long numbers: the step may be larger than what is left of the others.
        for (long i = first; i < last; i += step) {
          found.add(value.get((int) i));
        }
      }
      return found;
    }

    private static int position(int written, int length) {
      return written < 0 ? written + length : written;
    }
  }

  /**
   * Elements of each list that meet a condition.
   *
   * @param operator empty if it is enough that {@code left} leads somewhere
   */
  record Filter(List<Step> left, String operator, List<Step> right) implements Step {
    @Override
    public List<JsonNode> from(List<JsonNode> values) throws NoSuchPath {
      List<JsonNode> found = new ArrayList<>();
      for (JsonNode value : values) {
        if (!value.isArray()) {
          throw new NoSuchPath();
        }
        for (JsonNode element : value) {
          if (passes(element)) {
            found.add(element);
          }
        }
      }
      return found;
    }

    private boolean passes(JsonNode element) throws NoSuchPath {
      List<JsonNode> lefts = follow(left, List.of(element));
      if (operator.isEmpty()) {
        return !lefts.isEmpty();
      }
      if (lefts.isEmpty()) {
        return false;
      }
      List<JsonNode> rights = follow(right, List.of(element));
      if (rights.isEmpty()) {
        return false;
      }
      if (lefts.size() > 1 || rights.size() > 1) {
        throw new NoSuchPath();
      }
      int order = compare(lefts.getFirst(), rights.getFirst());
      return switch (operator) {
        case "==" -> order == 0;
        case "!=" -> order != 0;
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case ">" -> order > 0;
        case ">=" -> order >= 0;
        default -> throw new NoSuchPath();
      };
    }

    /** Values of different types do not compare. */
    private int compare(JsonNode left, JsonNode right) throws NoSuchPath {
      if (left.isTextual() && right.isTextual()) {
        return left.asText().compareTo(right.asText());
      }
      if (left.isIntegralNumber() && right.isIntegralNumber()) {
        return Long.compare(left.longValue(), right.longValue());
      }
      if (left.isFloatingPointNumber() && right.isFloatingPointNumber()) {
        return Double.compare(left.doubleValue(), right.doubleValue());
      }
      boolean equality = operator.equals("==") || operator.equals("!=");
      if (equality && left.isBoolean() && right.isBoolean()) {
        return Boolean.compare(left.booleanValue(), right.booleanValue());
      }
      throw new NoSuchPath();
    }
  }
}
