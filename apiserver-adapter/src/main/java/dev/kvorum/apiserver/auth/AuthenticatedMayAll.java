package dev.kvorum.apiserver.auth;

import java.util.List;

/** Lets everybody do everything who said who they are; anonymous clients may see that the server lives, and its version. */
public final class AuthenticatedMayAll implements Authorizer {
  private static final List<String> PUBLIC = List.of("/healthz", "/livez", "/readyz");
  private static final String VERSION = "/version";

  @Override
  public Decision authorize(RequestAttributes request) {
    if (request.user().isIn(User.AUTHENTICATED) || request.user().isIn(User.MASTERS)) {
      return Decision.ALLOWED;
    }
    boolean look = request.verb().equals("get") && !request.resourceRequest();
    return look && isPublic(request.path()) ? Decision.ALLOWED : Decision.REFUSED;
  }

  private static boolean isPublic(String path) {
    if (path.equals(VERSION) || path.equals(VERSION + "/")) {
      return true;
    }
    for (String open : PUBLIC) {
      if (path.equals(open) || path.startsWith(open + "/")) {
        return true;
      }
    }
    return false;
  }
}
