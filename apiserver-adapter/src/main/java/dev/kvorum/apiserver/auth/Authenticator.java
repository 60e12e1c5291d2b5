package dev.kvorum.apiserver.auth;

import dev.kvorum.apiserver.http.HttpRequest;

/** Says who a request is from. Thread-safe; may block. */
@FunctionalInterface
public interface Authenticator {
  Authentication authenticate(HttpRequest request);

  /** What an authenticator found. */
  sealed interface Authentication {
    /** It is this one. */
    record Known(User user) implements Authentication {}

    /** The request has nothing to say who it is from, as far as this authenticator understands. */
    record Unsaid() implements Authentication {}

    /**
     * The request says who it is from, and is not believed. The client is not told why.
     *
     * @param why for the log; holds no secrets
     */
    record Refused(String why) implements Authentication {}
  }
}
