package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.apply.ApplyConflict;
import dev.kvorum.apiserver.apply.ApplyException;
import dev.kvorum.apiserver.codec.FieldValidation;
import dev.kvorum.apiserver.json.GoText;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.patch.MergePatch;
import dev.kvorum.apiserver.patch.PatchException;
import dev.kvorum.apiserver.patch.StrategicMergePatch;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusDetails.Cause;
import dev.kvorum.apiserver.status.StatusException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes of an object what a patch says. Of one request. */
final class Patching implements Updating.Updater {
  /** What a refusal is about when nobody can say what the object is. */
  private static final GroupVersionKind NOTHING = GroupVersionKind.of("v1", "");

  private final Target target;
  private final Patch patch;
  private final FieldValidation validation;
  private final Change change;

  Patching(Target target, Patch patch, FieldValidation validation, Change change) {
    this.target = target;
    this.patch = patch;
    this.validation = validation;
    this.change = change;
  }

  @Override
  public ObjectNode update(@Nullable ObjectNode current) {
    if (patch instanceof Patch.Apply apply) {
      return apply(current, apply);
    }
    if (current == null) {
      throw target.notFound();
    }
    ObjectNode patched = object(patched(current.deepCopy()));
    ObjectNode regular = regular(patched);
    checkKind(regular);
    String name = Metadata.name(regular);
    if (!name.equals(target.name())) {
      throw new StatusException(Status.badRequest("the name of the object (" + name
          + ") does not match the name on the URL (" + target.name() + ")"));
    }
    return Owners.updated(target, current, regular, change);
  }

  private JsonNode patched(ObjectNode current) {
    try {
      return switch (patch) {
        case Patch.Operations operations -> operations.patch().apply(current);
        case Patch.Merge merge -> MergePatch.apply(current, merge.patch().deepCopy());
        case Patch.Strategic strategic ->
          StrategicMergePatch.apply(
              current, strategic.patch(), target.resource().schema());
        case Patch.Apply apply -> throw new IllegalStateException("applied elsewhere");
      };
    } catch (PatchException e) {
      throw new StatusException(
          patch instanceof Patch.Operations
              ? Status.patchRejected()
              : Status.badRequest(String.valueOf(e.getMessage())));
    }
  }

  private ObjectNode object(JsonNode patched) {
    if (patched instanceof ObjectNode object) {
      return object;
    }
    throw doesNotDecode(
        patched,
        "json: cannot unmarshal " + GoText.typeOf(patched) + " into Go value of type v1."
            + target.resource().kind().kind());
  }

  private StatusException doesNotDecode(JsonNode patched, String why) {
    return new StatusException(Status.invalid(
        NOTHING,
        "",
        List.of(FieldError.invalid("patch", TextNode.valueOf(patched.toString()), why))));
  }

  private void checkKind(ObjectNode patched) {
    List<FieldError> errors = new ArrayList<>();
    for (var said : List.of(
        List.of("kind", target.resource().kind().kind()),
        List.of("apiVersion", target.resource().kind().apiVersion()))) {
      JsonNode value = patched.path(said.get(0));
      if (!value.asText("").equals(said.get(1))) {
        errors.add(FieldError.invalid(
            said.get(0), TextNode.valueOf(value.asText("")), "must be " + said.get(1)));
      }
    }
    if (!errors.isEmpty()) {
      GroupVersionKind said = GroupVersionKind.of(
          target.resource().kind().apiVersion(), patched.path("kind").asText(""));
      throw new StatusException(Status.invalid(said, Metadata.name(patched), errors));
    }
  }

  private ObjectNode regular(ObjectNode patched) {
    ObjectNode whole = patched.deepCopy();
    List<String> strict = new ArrayList<>();
    ObjectNode regular;
    try {
      regular = target.resource().form().regular(patched, strict::add);
    } catch (StatusException e) {
      throw doesNotDecode(whole, e.status().message());
    }
    if (validation == FieldValidation.STRICT && !strict.isEmpty()) {
      throw doesNotDecode(whole, FieldValidation.strictText(strict));
    }
    if (validation == FieldValidation.WARN) {
      strict.forEach(change::warn);
    }
    return regular;
  }

  private ObjectNode apply(@Nullable ObjectNode current, Patch.Apply apply) {
    Resource resource = target.resource();
    ObjectNode live = current;
    if (live == null) {
      String uid = Metadata.uid(apply.configuration());
      if (!uid.isEmpty()) {
        throw target.conflict("uid mismatch: the provided object specified uid " + uid
            + ", and no existing object was found");
      }
      live = JsonNodeFactory.instance.objectNode();
      live.put("apiVersion", resource.kind().apiVersion());
      live.put("kind", resource.kind().kind());
    }
    ObjectNode applied;
    try {
      applied = resource
          .manager(target.subresource())
          .apply(live, apply.configuration(), change.manager(), apply.force(), change.now())
          .object();
    } catch (ApplyConflict e) {
      throw new StatusException(Status.applyConflict(
          e.causes().stream()
              .map(each -> new Cause("FieldManagerConflict", each.message(), each.field()))
              .toList(),
          String.valueOf(e.getMessage())));
    } catch (ApplyException e) {
      String why = String.valueOf(e.getMessage());
      throw new StatusException(e.isBadRequest() ? Status.badRequest(why) : Status.failure(why));
    }
    if (current == null) {
      Metadata.set(applied, "resourceVersion", null); // there is nothing that it could be of
    }
    return regular(applied);
  }
}
