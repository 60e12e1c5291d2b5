package dev.kvorum.apiserver.server;

import dev.kvorum.apiserver.auth.AuthStatuses;
import dev.kvorum.apiserver.auth.Authenticators;
import dev.kvorum.apiserver.auth.Authorizer;
import dev.kvorum.apiserver.auth.RequestAttributes;
import dev.kvorum.apiserver.auth.User;
import dev.kvorum.apiserver.http.HttpRequest;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.status.StatusException;
import org.jspecify.annotations.Nullable;

/** Who may ask what. Every request comes through here, once. For all threads. */
public final class Access {
  private final Authenticators authenticators;
  private final Authorizer authorizer;

  public Access(Authenticators authenticators, Authorizer authorizer) {
    this.authenticators = authenticators;
    this.authorizer = authorizer;
  }

  /**
   * Who asks.
   *
   * @throws StatusException if nobody believes it, or it may not be done
   */
  User check(HttpRequest request, RequestInfo info) {
    User user = authenticate(request);
    if (user == null) {
      throw new StatusException(AuthStatuses.unauthorized());
    }
    RequestAttributes attributes = attributes(user, info);
    Authorizer.Decision decision = authorize(attributes);
    if (!decision.allowed()) {
      throw new StatusException(AuthStatuses.forbidden(attributes, decision));
    }
    return user;
  }

  /** Who a request is from; null if nobody believes it. */
  @Nullable
  User authenticate(HttpRequest request) {
    return authenticators.authenticate(request);
  }

  Authorizer.Decision authorize(RequestAttributes attributes) {
    return authorizer.authorize(attributes);
  }

  private static RequestAttributes attributes(User user, RequestInfo info) {
    GroupVersion version = info.version();
    return version == null || !info.isResource()
        ? RequestAttributes.ofPath(user, info.verb(), info.path())
        : new RequestAttributes(
            user,
            info.verb(),
            true,
            version.group(),
            version.version(),
            info.resource(),
            info.subresource(),
            info.namespace(),
            info.name(),
            info.path());
  }
}
