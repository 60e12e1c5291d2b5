package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.registry.Change;
import dev.kvorum.apiserver.registry.DeleteOptions;
import dev.kvorum.apiserver.registry.Deleted;
import dev.kvorum.apiserver.registry.Listed;
import dev.kvorum.apiserver.registry.Patch;
import dev.kvorum.apiserver.registry.Registry;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.registry.Target;
import dev.kvorum.apiserver.registry.Written;
import dev.kvorum.apiserver.schema.Subresource;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import java.time.InstantSource;
import java.util.List;

/** Does what requests about stored objects say, but for watches. For all threads. */
final class ResourceHandler {
  private final Registry registry;
  private final Bodies bodies;
  private final Answers answers;
  private final InstantSource clock;
  private final SubresourceHandler subresources;

  ResourceHandler(Registry registry, Bodies bodies, Answers answers, InstantSource clock) {
    this.registry = registry;
    this.bodies = bodies;
    this.answers = answers;
    this.clock = clock;
    subresources = new SubresourceHandler(registry, bodies, answers, clock);
  }

  HttpResponse handle(HttpRequest request, RequestInfo info, Resource resource) {
    checkVerb(info, resource);
    HttpResponse special = subresources.handle(request, info, resource);
    if (special != null) {
      return special;
    }
    return switch (info.verb()) {
      case "get" -> get(request, info, resource);
      case "list" -> list(request, info, resource);
      case "create" -> create(request, info, resource);
      case "update" -> update(request, info, resource);
      case "patch" -> patch(request, info, resource);
      case "delete" -> delete(request, info, resource);
      case "deletecollection" -> deleteCollection(request, info, resource);
      default -> throw new IllegalStateException("the verb " + info.verb());
    };
  }

  private static void checkVerb(RequestInfo info, Resource resource) {
    boolean builtIn = !resource.custom();
    List<String> verbs = resource.type().verbs();
    if (!info.subresource().isEmpty()) {
      Subresource subresource = resource.type().subresource(info.subresource());
      if (subresource == null || !info.rest().isEmpty()) {
        throw new StatusException(
            builtIn ? Status.noSuchPath() : Status.notFound(resource.name(), info.name()));
      }
      verbs = subresource.verbs();
    }
    boolean one = info.verb().equals("update") || info.verb().equals("patch");
    if (one && info.name().isEmpty()) {
      throw new StatusException(
          builtIn ? Status.noSuchMethod() : Status.badRequest("name must be provided"));
    }
    if (!verbs.contains(info.verb())) {
      throw new StatusException(
          builtIn
              ? Status.noSuchMethod()
              : Status.methodNotSupported(resource.name(), info.verb()));
    }
  }

  private static Target target(RequestInfo info, Resource resource) {
    return new Target(resource, info.namespace(), info.name(), info.subresource());
  }

  private HttpResponse get(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    ObjectNode object =
        registry.get(target(info, resource), Parameters.text(request.query(), "resourceVersion"));
    return answers.object(200, object, wanted, List.of());
  }

  private HttpResponse list(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    if (request.query().has("sendInitialEvents")) {
      throw new StatusException(Status.invalid(
          Parameters.options("ListOptions"),
          "",
          List.of(FieldError.forbidden(
              "sendInitialEvents", "sendInitialEvents is forbidden for list"))));
    }
    Listed listed = registry.list(resource, info.namespace(), Parameters.list(request, resource));
    return answers.list(listed, wanted);
  }

  private HttpResponse create(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    Parameters.Write write = Parameters.write(request, "CreateOptions");
    Change change = change(request, write);
    ObjectNode object = bodies.read(request, resource, write.validation(), change);
    ObjectNode created = registry.create(resource, info.namespace(), object, change);
    return answers.object(201, created, wanted, change.warnings());
  }

  private HttpResponse update(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    Parameters.Write write = Parameters.write(request, "UpdateOptions");
    Change change = change(request, write);
    ObjectNode object = bodies.read(request, resource, write.validation(), change);
    Written written = registry.replace(target(info, resource), object, change);
    return answers.object(
        written.created() ? 201 : 200, written.object(), wanted, change.warnings());
  }

  private HttpResponse patch(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    Parameters.Write write = Parameters.write(request, "PatchOptions");
    Change change = change(request, write);
    Patch patch = bodies.patch(request, resource, write);
    Written written = registry.patch(target(info, resource), patch, write.validation(), change);
    return answers.object(
        written.created() ? 201 : 200, written.object(), wanted, change.warnings());
  }

  private HttpResponse delete(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    DeleteOptions options = bodies.deleteOptions(request);
    Change change = change(options);
    Deleted deleted = registry.delete(target(info, resource), options, change);
    boolean shown = !deleted.gone() || resource.strategy().traits().returnsDeleted();
    return shown
        ? answers.object(200, deleted.object(), wanted, change.warnings())
        : answers.deleted(deleted.object(), wanted);
  }

  private HttpResponse deleteCollection(HttpRequest request, RequestInfo info, Resource resource) {
    Wanted wanted = answers.wanted(request, resource, false);
    DeleteOptions options = bodies.deleteOptions(request);
    Change change = change(options);
    Listed listed = registry.deleteCollection(
        resource, info.namespace(), Parameters.list(request, resource), options, change);
    return answers.list(listed, wanted);
  }

  private Change change(HttpRequest request, Parameters.Write write) {
    return new Change(Parameters.manager(write, request), write.dryRun(), clock.instant());
  }

  private Change change(DeleteOptions options) {
    return new Change("", !options.dryRun().isEmpty(), clock.instant());
  }
}
