package dev.kvorum.store;

import java.util.concurrent.CompletableFuture;

/** For stores that only pass calls on: whoever receives them checks them. */
final class AuthElsewhere implements AuthStore {
  @Override
  public boolean enabled() {
    return false;
  }

  @Override
  public CompletableFuture<Void> authorize(Access access, CallContext context) {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletableFuture<AuthStatus> status(CallContext context) {
    return unsupported();
  }

  @Override
  public CompletableFuture<IssuedToken> authenticate(
      String user, Password password, CallContext context) {
    password.close();
    return unsupported();
  }

  @Override
  public CompletableFuture<Bytes> hash(Password password, CallContext context) {
    password.close();
    return unsupported();
  }

  @Override
  public CompletableFuture<Long> change(AuthChange change, CallContext context) {
    return unsupported();
  }

  @Override
  public CompletableFuture<Listing<String>> rolesOf(String user, CallContext context) {
    return unsupported();
  }

  @Override
  public CompletableFuture<Listing<Permission>> permissionsOf(String role, CallContext context) {
    return unsupported();
  }

  @Override
  public CompletableFuture<Listing<String>> users(CallContext context) {
    return unsupported();
  }

  @Override
  public CompletableFuture<Listing<String>> roles(CallContext context) {
    return unsupported();
  }

  private static <T> CompletableFuture<T> unsupported() {
    return CompletableFuture.failedFuture(StoreException.of(StoreException.Kind.UNSUPPORTED));
  }
}
