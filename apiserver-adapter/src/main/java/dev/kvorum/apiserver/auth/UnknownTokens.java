package dev.kvorum.apiserver.auth;

import dev.kvorum.apiserver.http.HttpRequest;

/** Believes no token: for servers that know none, where one that comes along must not pass for nothing said. */
public final class UnknownTokens implements Authenticator {
  @Override
  public Authentication authenticate(HttpRequest request) {
    return BearerToken.of(request) == null
        ? new Authentication.Unsaid()
        : new Authentication.Refused("no bearer token is known here");
  }
}
