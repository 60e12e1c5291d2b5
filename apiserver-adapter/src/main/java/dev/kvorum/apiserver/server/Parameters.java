package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.codec.FieldValidation;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.QueryParameters;
import dev.kvorum.apiserver.registry.DeleteOptions;
import dev.kvorum.apiserver.registry.ListOptions;
import dev.kvorum.apiserver.registry.ManagerName;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.selector.FieldSelector;
import dev.kvorum.apiserver.selector.LabelSelector;
import dev.kvorum.apiserver.selector.SelectorException;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what stands behind the question mark (Kubernetes API: common parameters). */
final class Parameters {
  private static final GroupVersion META = new GroupVersion("meta.k8s.io", "v1");
  private static final int MAX_MANAGER_CHARACTERS = 128;

  private Parameters() {}

  /**
   * How a write is meant.
   *
   * @param manager empty if the client did not say
   */
  record Write(
      boolean dryRun,
      String manager,
      FieldValidation validation,
      @Nullable Boolean force) {}

  /**
   * Reads the parameters of a write.
   *
   * @param options the kind of its options, as {@code CreateOptions}
   */
  static Write write(HttpRequest request, String options) {
    QueryParameters query = request.query();
    List<FieldError> errors = new ArrayList<>(DeleteOptions.checkDryRun(query.all("dryRun")));
    String manager = text(query, "fieldManager");
    errors.addAll(ManagerName.check(manager, "fieldManager"));
    FieldValidation validation = FieldValidation.of(query.first("fieldValidation"));
    if (validation == null) {
      errors.add(FieldError.notSupported(
          "fieldValidation",
          TextNode.valueOf(text(query, "fieldValidation")),
          FieldValidation.VALUES));
      validation = FieldValidation.WARN;
    }
    Boolean force = query.has("force") ? bool(text(query, "force")) : null;
    if (!errors.isEmpty()) {
      throw new StatusException(Status.invalid(META.kind(options), "", errors));
    }
    return new Write(query.has("dryRun"), manager, validation, force);
  }

  private static boolean bool(String value) {
    return switch (value) {
      case "", "0", "f", "F", "false", "FALSE", "False" -> false;
      default -> true;
    };
  }

  /** In whose name a client writes: what it says, or else the name of its program. */
  static String manager(Write write, HttpRequest request) {
    if (!write.manager().isEmpty()) {
      return write.manager();
    }
    String agent = request.headers().first("User-Agent");
    String program = agent == null ? "" : agent.split("/", -1)[0];
    StringBuilder printable = new StringBuilder();
    program
        .codePoints()
        .filter(each -> !Character.isISOControl(each) && Character.isDefined(each))
        .limit(MAX_MANAGER_CHARACTERS)
        .forEach(printable::appendCodePoint);
    return printable.toString();
  }

  /** Which objects of a list are wanted. */
  static ListOptions list(HttpRequest request, Resource resource) {
    QueryParameters query = request.query();
    long limit = number(query, "limit");
    return new ListOptions(
        labels(text(query, "labelSelector")),
        fields(text(query, "fieldSelector"), resource),
        Math.max(limit, 0),
        text(query, "continue"),
        text(query, "resourceVersion"),
        text(query, "resourceVersionMatch"));
  }

  private static LabelSelector labels(String text) {
    try {
      return LabelSelector.parse(text);
    } catch (SelectorException e) {
      throw new StatusException(Status.badRequest(String.valueOf(e.getMessage())));
    }
  }

  private static FieldSelector fields(String text, Resource resource) {
    FieldSelector selector;
    try {
      selector = FieldSelector.parse(text);
    } catch (SelectorException e) {
      throw new StatusException(Status.badRequest(String.valueOf(e.getMessage())));
    }
    for (FieldSelector.Requirement each : selector.requirements()) {
      String field = each.field();
      if (!field.equals("metadata.name")
          && !field.equals("metadata.namespace")
          && !resource.fields().knows(field)) {
        throw new StatusException(Status.badRequest(
            resource.fields().any()
                ? "field label not supported: " + field
                : "\"" + field + "\" is not a known field selector: only \"metadata.name\","
                    + " \"metadata.namespace\""));
      }
    }
    return selector;
  }

  static String text(QueryParameters query, String name) {
    String value = query.first(name);
    return value == null ? "" : value;
  }

  /** A number; 0 if it is not there. */
  static long number(QueryParameters query, String name) {
    String value = text(query, name);
    if (value.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new StatusException(
          Status.badRequest("strconv.ParseInt: parsing \"" + value + "\": invalid syntax"));
    }
  }

  /** How a deletion is meant, if its body does not say. */
  static DeleteOptions delete(QueryParameters query) {
    String grace = text(query, "gracePeriodSeconds");
    String orphan = text(query, "orphanDependents");
    String policy = text(query, "propagationPolicy");
    return new DeleteOptions(
        grace.isEmpty() ? null : Long.valueOf(number(query, "gracePeriodSeconds")),
        null,
        null,
        orphan.isEmpty() ? null : Boolean.valueOf(bool(orphan)),
        policy.isEmpty() ? null : policy,
        query.all("dryRun"));
  }

  /** The kind of a request's options, for a refusal of them. */
  static GroupVersionKind options(String kind) {
    return META.kind(kind);
  }
}
