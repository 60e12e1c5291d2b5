package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.patch.MergePatch;
import dev.kvorum.apiserver.patch.PatchException;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.registry.DeleteOptions;
import dev.kvorum.apiserver.registry.Patch;
import dev.kvorum.apiserver.registry.Registry;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.registry.Scales;
import dev.kvorum.apiserver.registry.Target;
import dev.kvorum.apiserver.registry.Written;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Subresources that take and give other kinds than their objects' own. For all threads. */
final class SubresourceHandler {
  private static final GroupVersionKind SCALE = GroupVersionKind.of("autoscaling/v1", "Scale");

  private final Registry registry;
  private final Bodies bodies;
  private final Answers answers;
  private final InstantSource clock;

  SubresourceHandler(Registry registry, Bodies bodies, Answers answers, InstantSource clock) {
    this.registry = registry;
    this.bodies = bodies;
    this.answers = answers;
    this.clock = clock;
  }

  /** The answer; null if the subresource is one that is handled as its object is. */
  @Nullable
  HttpResponse handle(HttpRequest request, RequestInfo info, Resource resource) {
    return switch (info.subresource()) {
      case "", "status", "finalize", "approval" -> null;
      case "scale" -> scale(request, info, resource);
      case "binding" -> bind(request, info, resource);
      case "eviction" -> evict(request, info, resource);
      case "log", "exec", "attach", "portforward" -> throw withoutHost(info, resource);
      default -> throw new StatusException(Status.methodNotSupported(resource.name(), info.verb()));
    };
  }

  private static Target target(RequestInfo info, Resource resource) {
    return new Target(resource, info.namespace(), info.name(), info.subresource());
  }

  private HttpResponse scale(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    Scales scales = resource.scales();
    if (scales == null) {
      throw new StatusException(Status.notFound(resource.name(), info.name()));
    }
    Target target = target(info, resource);
    if (info.verb().equals("get")) {
      ObjectNode object = registry.get(target, "");
      return answers.object(200, scales.read(object), wanted, List.of());
    }
    boolean patches = info.verb().equals("patch");
    Parameters.Write write = Parameters.write(request, patches ? "PatchOptions" : "UpdateOptions");
    Change change = new Change(Parameters.manager(write, request), write.dryRun(), clock.instant());
    Patch patch = patches ? bodies.patch(request, resource, write) : null;
    ObjectNode sent = patches ? null : bodies.read(request, SCALE);
    Written written = registry.update(
        target,
        object -> {
          ObjectNode scale = sent != null ? sent : patched(scales.read(object), patch);
          checkScale(info, resource, scale);
          String version = Metadata.resourceVersion(scale);
          if (!version.isEmpty()) {
            Metadata.in(object).put("resourceVersion", version);
          }
          scales.write(object, scale.path("spec").path("replicas").asLong(0));
          return object;
        },
        change);
    return answers.object(200, scales.read(written.object()), wanted, change.warnings());
  }

  private static ObjectNode patched(ObjectNode scale, @Nullable Patch patch) {
    try {
      JsonNode patched = switch (patch) {
        case Patch.Operations operations -> operations.patch().apply(scale);
        case Patch.Merge merge -> MergePatch.apply(scale, merge.patch().deepCopy());
        case Patch.Strategic strategic ->
          MergePatch.apply(scale, strategic.patch().deepCopy());
        case Patch.Apply apply -> MergePatch.apply(scale, apply.configuration().deepCopy());
        case null -> throw new IllegalStateException("nothing was sent");
      };
      if (patched instanceof ObjectNode object) {
        return object;
      }
    } catch (PatchException e) {
      // said below
    }
    throw new StatusException(Status.patchRejected());
  }

  private static void checkScale(RequestInfo info, Resource resource, ObjectNode scale) {
    String name = Metadata.name(scale);
    if (!name.isEmpty() && !name.equals(info.name())) {
      throw new StatusException(Status.badRequest("the name of the object (" + name
          + ") does not match the name on the URL (" + info.name() + ")"));
    }
    JsonNode replicas = scale.path("spec").path("replicas");
    if (!resource.custom() && replicas.asLong(0) < 0) {
      throw new StatusException(Status.invalid(
          SCALE,
          info.name(),
          List.of(FieldError.invalid(
              "spec.replicas",
              IntNode.valueOf(replicas.asInt()),
              "must be greater than or equal to 0"))));
    }
  }

  /** Says where a pod runs. */
  private HttpResponse bind(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    Parameters.Write write = Parameters.write(request, "CreateOptions");
    Change change = new Change(Parameters.manager(write, request), write.dryRun(), clock.instant());
    ObjectNode binding = bodies.read(request, GroupVersionKind.of("v1", "Binding"));
    String node = binding.path("target").path("name").asText("");
    if (node.isEmpty()) {
      throw new StatusException(Status.invalid(
          GroupVersionKind.of("v1", "Binding"),
          info.name(),
          List.of(FieldError.required("target.name", ""))));
    }
    registry.update(
        target(info, resource),
        pod -> {
          String there = pod.path("spec").path("nodeName").asText("");
          if (!there.isEmpty()) {
            throw target(info, resource)
                .conflict("pod " + info.name() + " is already assigned to node \"" + there + "\"");
          }
          ((ObjectNode) pod.path("spec")).put("nodeName", node);
          scheduled(pod, Metadata.time(clock.instant()));
          return pod;
        },
        change);
    return answers.success(201, wanted);
  }

  private static void scheduled(ObjectNode pod, String time) {
    ObjectNode status =
        pod.get("status") instanceof ObjectNode there ? there : pod.putObject("status");
    ArrayNode conditions =
        status.get("conditions") instanceof ArrayNode there ? there : status.putArray("conditions");
    for (int i = conditions.size() - 1; i >= 0; i--) {
      if (conditions.get(i).path("type").asText().equals("PodScheduled")) {
        conditions.remove(i);
      }
    }
    ObjectNode condition = conditions.addObject();
    condition.put("type", "PodScheduled");
    condition.put("status", "True");
    condition.set("lastProbeTime", JsonNodeFactory.instance.nullNode());
    condition.put("lastTransitionTime", time);
  }

  /** Deletes a pod on the condition that this disturbs nobody; who would be is not known here. */
  private HttpResponse evict(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    ObjectNode eviction = bodies.read(request, GroupVersionKind.of("policy/v1", "Eviction"));
    DeleteOptions options = DeleteOptions.of(eviction.path("deleteOptions"));
    boolean dryRun = request.query().has("dryRun") || !options.dryRun().isEmpty();
    registry.delete(
        new Target(resource, info.namespace(), info.name(), ""),
        options,
        new Change("", dryRun, clock.instant()));
    return answers.success(201, wanted);
  }

  private StatusException withoutHost(RequestInfo info, Resource resource) {
    ObjectNode pod = registry.get(new Target(resource, info.namespace(), info.name(), ""), "");
    return pod.path("spec").path("nodeName").asText("").isEmpty()
        ? new StatusException(
            Status.badRequest("pod " + info.name() + " does not have a host assigned"))
        : new StatusException(Status.serviceUnavailable("no node of this cluster can be reached"));
  }
}
