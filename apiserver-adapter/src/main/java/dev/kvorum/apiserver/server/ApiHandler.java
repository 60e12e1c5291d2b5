package dev.kvorum.apiserver.server;

import dev.kvorum.apiserver.auth.User;
import dev.kvorum.apiserver.http.HttpFields;
import dev.kvorum.apiserver.http.HttpHandler;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.http.HttpResponder;
import dev.kvorum.apiserver.http.HttpResponse;
import dev.kvorum.apiserver.registry.Resource;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.ResourceType;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.StorageException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes every request to what answers it. For all threads. */
final class ApiHandler implements HttpHandler {
  private static final Logger log = LoggerFactory.getLogger(ApiHandler.class);

  private final Access access;
  private final Resources all;
  private final ResourceHandler resources;
  private final Watches watches;
  private final Reviews reviews;
  private final DiscoveryPages discovery;
  private final ServerPages pages;
  private final Answers answers;

  ApiHandler(
      Access access,
      Resources all,
      ResourceHandler resources,
      Watches watches,
      Reviews reviews,
      DiscoveryPages discovery,
      ServerPages pages,
      Answers answers) {
    this.access = access;
    this.all = all;
    this.resources = resources;
    this.watches = watches;
    this.reviews = reviews;
    this.discovery = discovery;
    this.pages = pages;
    this.answers = answers;
  }

  @Override
  public void handle(HttpRequest request, HttpResponder responder) {
    try {
      answer(request, responder);
    } catch (StatusException e) {
      responder.send(answers.status(e.status(), request));
    } catch (StorageException e) {
      log.warn("{} {}: {}", request.method(), request.path(), e.getMessage());
      responder.send(answers.status(status(e), request));
    } catch (RuntimeException e) {
      log.error("{} {} failed", request.method(), request.path(), e);
      responder.send(answers.status(Status.internalError("the server failed"), request));
    }
  }

  private void answer(HttpRequest request, HttpResponder responder) {
    RequestInfo info = RequestInfo.of(request);
    User user = access.check(request, info);
    GroupVersion version = info.version();
    if (version == null || !info.isResource()) {
      HttpResponse document = discovery.find(request, info.path());
      responder.send(document == null ? pages.find(request, info.path()) : document);
      return;
    }
    ResourceType type = all.types().find(version, info.resource());
    HttpResponse review = type == null ? null : reviews.handle(request, info, type, user);
    if (review != null) {
      responder.send(review);
      return;
    }
    Resource resource = all.find(version, info.resource());
    if (resource == null || !fits(info, resource)) {
      boolean builtIn = all.isBuiltIn(version.group());
      if (builtIn && resource != null && info.name().isEmpty()) {
        throw new StatusException(Status.noSuchMethod());
      }
      if (builtIn) {
        throw new StatusException(Status.noSuchPath());
      }
      responder.send(notFound());
      return;
    }
    if (info.verb().equals("watch")) {
      watches.open(request, info, resource, responder);
    } else {
      HttpResponse response = resources.handle(request, info, resource);
      all.written(info, resource, response);
      responder.send(response);
    }
  }

  /** Whether the path names a namespace where one belongs, and only there. */
  private static boolean fits(RequestInfo info, Resource resource) {
    if (!resource.type().namespaced()) {
      return info.namespace().isEmpty();
    }
    boolean all = info.namespace().isEmpty();
    return !all
        || (info.name().isEmpty()
            && !info.verb().equals("create")
            && !info.verb().equals("deletecollection"));
  }

  static HttpResponse notFound() {
    HttpResponse page = HttpResponse.text(404, "404 page not found\n");
    return new HttpResponse(
        404,
        HttpFields.of(
            "Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff"),
        page.body());
  }

  private static Status status(StorageException failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure.kind()) {
      case TOO_LARGE -> Status.failure(message);
      case BUSY -> Status.tooManyRequests(message, 1);
      case UNKNOWN -> Status.timeout(message, 0);
      case UNREADABLE -> Status.internalError(message);
      case UNAVAILABLE, FUTURE -> Status.serviceUnavailable(message);
      case EXPIRED, CONTINUE_EXPIRED -> Status.expired(message);
      case BAD_CONTINUE_TOKEN -> Status.badRequest(message);
    };
  }
}
