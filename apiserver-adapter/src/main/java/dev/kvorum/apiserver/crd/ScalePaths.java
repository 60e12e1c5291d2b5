package dev.kvorum.apiserver.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.crd.ObjectPath.WrongType;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where an object has what its {@code scale} shows.
 *
 * @param wanted the number of replicas that there are to be
 * @param actual the number that there are
 * @param selector of the replicas, as text; null if the definition names none
 */
public record ScalePaths(
    ObjectPath wanted, ObjectPath actual, @Nullable ObjectPath selector) {

  /**
   * The object's scale, {@code autoscaling/v1}.
   *
   * @throws WrongType if the object has something else in these places
   */
  public ObjectNode read(ObjectNode object) throws WrongType {
    ObjectNode scale = JsonNodeFactory.instance.objectNode();
    scale.put("kind", "Scale").put("apiVersion", "autoscaling/v1");
    ObjectNode metadata = scale.putObject("metadata");
    for (String name :
        List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
      JsonNode value = object.path("metadata").get(name);
      if (value != null && !value.isNull()) {
        metadata.set(name, value);
      }
    }
    ObjectNode spec = scale.putObject("spec");
    long replicas = Objects.requireNonNullElse(wanted.number(object), 0L);
    if (replicas != 0) {
      spec.put("replicas", (int) replicas);
    }
    ObjectNode status = scale.putObject("status");
    status.put("replicas", (int) (long) Objects.requireNonNullElse(actual.number(object), 0L));
    String text = selector == null ? null : selector.text(object);
    if (text != null && !text.isEmpty()) {
      status.put("selector", text);
    }
    return scale;
  }

  /** Whether the object says how many replicas there are to be: it has to, or be told, to be scaled. */
  public boolean hasWanted(ObjectNode object) throws WrongType {
    return wanted.number(object) != null;
  }

  /** Says how many replicas there are to be. */
  public void write(ObjectNode object, int replicas) throws WrongType {
    wanted.put(object, replicas);
  }

  /** What is wrong with the number that there are to be. */
  List<FieldError> checkSpec(ObjectNode object) {
    List<FieldError> errors = new ArrayList<>();
    checkNumber(wanted, object, errors);
    return errors;
  }

  /** What is wrong with the number that there are, and with the selector. */
  List<FieldError> checkStatus(ObjectNode object) {
    List<FieldError> errors = new ArrayList<>();
    checkNumber(actual, object, errors);
    if (selector != null) {
      try {
        selector.text(object);
      } catch (WrongType e) {
        errors.add(FieldError.invalid(selector.written(), TextNode.valueOf(""), message(e)));
      }
    }
    return errors;
  }

  private static void checkNumber(ObjectPath path, ObjectNode object, List<FieldError> errors) {
    long number = 0;
    String wrong = "";
    try {
      number = Objects.requireNonNullElse(path.number(object), 0L);
      if (number < 0) {
        wrong = "should be a non-negative integer";
      } else if (number > Integer.MAX_VALUE) {
        wrong = "should be less than or equal to " + Integer.MAX_VALUE;
      }
    } catch (WrongType e) {
      wrong = message(e);
    }
    if (!wrong.isEmpty()) {
      errors.add(FieldError.invalid(path.written(), LongNode.valueOf(number), wrong));
    }
  }

  private static String message(WrongType e) {
    return Objects.requireNonNullElse(e.getMessage(), "");
  }
}
