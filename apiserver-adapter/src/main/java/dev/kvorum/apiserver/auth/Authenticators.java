package dev.kvorum.apiserver.auth;

import dev.kvorum.apiserver.auth.Authenticator.Authentication;
import dev.kvorum.apiserver.auth.Authenticator.Authentication.Known;
import dev.kvorum.apiserver.auth.Authenticator.Authentication.Refused;
import dev.kvorum.apiserver.auth.Authenticator.Authentication.Unsaid;
import dev.kvorum.apiserver.http.HttpRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks one authenticator after the other who a request is from; the first that knows is believed. A request that says
 * something which nobody believes is refused wherever it goes, and one that says nothing is anonymous. Thread-safe.
 */
public final class Authenticators {
  private static final Logger log = LoggerFactory.getLogger(Authenticators.class);

  private final List<Authenticator> inOrder;
  private final boolean anonymous;

  /**
   * Makes a chain.
   *
   * @param anonymous whether those who do not say who they are are let through to the authorizer
   */
  public Authenticators(List<Authenticator> inOrder, boolean anonymous) {
    this.inOrder = List.copyOf(inOrder);
    this.anonymous = anonymous;
  }

  /** Who the request is from; null if it must be refused with 401. */
  public @Nullable User authenticate(HttpRequest request) {
    boolean refused = false;
    for (Authenticator authenticator : inOrder) {
      Authentication found = authenticator.authenticate(request);
      switch (found) {
        case Known known -> {
          return known.user().authenticated();
        }
        case Refused refusal -> {
          refused = true;
          log.debug("{} {}: {}", request.method(), request.path(), refusal.why());
        }
        case Unsaid unsaid -> {
          // the next one may understand more
        }
      }
    }
    return refused || !anonymous ? null : User.ANONYMOUS;
  }
}
