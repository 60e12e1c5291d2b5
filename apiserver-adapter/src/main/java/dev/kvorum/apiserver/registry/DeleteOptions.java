package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a deletion is meant (Kubernetes API: DeleteOptions).
 *
 * @param graceSeconds null if the client did not say
 * @param uid that the object must have; null if any will do
 * @param resourceVersion that the object must have; null if any will do
 * @param orphanDependents null if the client did not say
 * @param propagation {@code Orphan}, {@code Background}, {@code Foreground}; null if the client did not say
 * @param dryRun as the client wrote it
 */
public record DeleteOptions(
    @Nullable Long graceSeconds,
    @Nullable String uid,
    @Nullable String resourceVersion,
    @Nullable Boolean orphanDependents,
    @Nullable String propagation,
    List<String> dryRun) {
  public static final DeleteOptions NONE =
      new DeleteOptions(null, null, null, null, null, List.of());

  static final GroupVersion GROUP = new GroupVersion("meta.k8s.io", "v1");
  private static final Set<String> PROPAGATIONS = Set.of("Foreground", "Background", "Orphan");

  public DeleteOptions {
    dryRun = List.copyOf(dryRun);
  }

  /** Reads them as an object. */
  public static DeleteOptions of(JsonNode options) {
    JsonNode preconditions = options.path("preconditions");
    List<String> dryRun = new ArrayList<>();
    options.path("dryRun").forEach(each -> dryRun.add(each.asText()));
    return new DeleteOptions(
        options.hasNonNull("gracePeriodSeconds")
            ? options.get("gracePeriodSeconds").asLong()
            : null,
        text(preconditions, "uid"),
        text(preconditions, "resourceVersion"),
        options.hasNonNull("orphanDependents") ? options.get("orphanDependents").asBoolean() : null,
        text(options, "propagationPolicy"),
        dryRun);
  }

  private static @Nullable String text(JsonNode object, String field) {
    return object.hasNonNull(field) ? object.get(field).asText() : null;
  }

  /** What is wrong with them. */
  public List<FieldError> check() {
    List<FieldError> errors = new ArrayList<>();
    if (orphanDependents != null && propagation != null) {
      errors.add(FieldError.invalid(
          "propagationPolicy",
          TextNode.valueOf(propagation),
          "orphanDependents and deletionPropagation cannot be both set"));
    }
    if (propagation != null && !PROPAGATIONS.contains(propagation)) {
      errors.add(FieldError.notSupported(
          "propagationPolicy",
          TextNode.valueOf(propagation),
          List.of("Foreground", "Background", "Orphan", "nil")));
    }
    errors.addAll(checkDryRun(dryRun));
    return errors;
  }

  /** What is wrong with a {@code dryRun}, of any write. */
  public static List<FieldError> checkDryRun(List<String> dryRun) {
    List<FieldError> errors = new ArrayList<>();
    if (dryRun.stream().anyMatch(each -> !each.equals("All"))) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      dryRun.forEach(all::add);
      errors.add(FieldError.notSupported("dryRun", all, List.of("All")));
    }
    return errors;
  }

  /** The grace period; negative ones are the shortest there is. */
  @Nullable
  Long grace() {
    return graceSeconds != null && graceSeconds < 0 ? Long.valueOf(1) : graceSeconds;
  }
}
