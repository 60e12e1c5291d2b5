package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.json.GoJson;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What was found when a value was held against a schema. */
final class Outcome {
  /** So many different failures are told; an object with more is as invalid, and its answer has an end. */
  private static final int MAX_FAILURES = 1000;

  /**
   * What is wrong.
   *
   * @param make of the field's path
   * @param path relative to the value
   */
  private record Failure(String path, Function<String, FieldError> make) {}

  /** By message: the same is told once. */
  private final Map<String, Failure> failures = new LinkedHashMap<>();

  /** How many checks went well. Of several alternatives, the failures of the one with the most are told. */
  private int matches;

  boolean isValid() {
    return failures.isEmpty();
  }

  int matches() {
    return matches;
  }

  void match() {
    matches++;
  }

  Outcome merge(Outcome other) {
    other.failures.forEach(this::add);
    matches += other.matches;
    return this;
  }

  /** Forgives the failures. */
  Outcome forgiven() {
    Outcome outcome = new Outcome();
    outcome.matches = matches;
    return outcome;
  }

  private void add(String message, Failure failure) {
    if (failures.size() < MAX_FAILURES) {
      failures.putIfAbsent(message, failure);
    }
  }

  /** What is wrong with the value at a path. */
  void fail(String path, String message, Function<String, FieldError> make) {
    add(message, new Failure(path, make));
  }

  /** An invalid value. */
  void invalid(String path, JsonNode value, String message) {
    fail(path, message, field -> FieldError.invalid(field, GoJson.sorted(value), message));
  }

  /** What is told without a field. */
  void invalidAsAWhole(String message) {
    add(message, new Failure("", field -> FieldError.invalid(field, EMPTY, message)));
  }

  private static final JsonNode EMPTY = TextNode.valueOf("");

  /**
   * The failures as errors.
   *
   * @param base the path of the value; empty for a whole object
   */
  List<FieldError> errors(String base) {
    List<FieldError> errors = new ArrayList<>(failures.size());
    for (Failure failure : failures.values()) {
      String relative =
          failure.path().startsWith(".") ? failure.path().substring(1) : failure.path();
      errors.add(failure.make().apply(relative.isEmpty() ? base : Values.child(base, relative)));
    }
    return errors;
  }
}
