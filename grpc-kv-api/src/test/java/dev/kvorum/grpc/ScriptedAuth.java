package dev.kvorum.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Access;
import dev.kvorum.store.AuthChange;
import dev.kvorum.store.AuthStore;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.Password;
import dev.kvorum.store.Permission;
import dev.kvorum.store.StoreException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Authentication is on, and the test decides who may do what, and when that is known. */
final class ScriptedAuth implements AuthStore {
  private final BlockingQueue<Question> questions = new LinkedBlockingQueue<>();

  /** May {@code context}'s caller do this? Answered where the call wants to be answered, as by a real store. */
  record Question(Access access, CallContext context, CompletableFuture<Void> answer) {
    void allow() {
      context.executor().execute(() -> answer.complete(null));
    }

    void refuse(StoreException.Kind kind) {
      context.executor().execute(() -> answer.completeExceptionally(StoreException.of(kind)));
    }
  }

  /** The next question; waits for it. */
  Question next() throws InterruptedException {
    Question question = questions.poll(20, TimeUnit.SECONDS);
    assertThat(question).as("a question about a caller").isNotNull();
    return question;
  }

  @Override
  public boolean enabled() {
    return true;
  }

  @Override
  public CompletableFuture<Void> authorize(Access access, CallContext context) {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    questions.add(new Question(access, context, answer));
    return answer;
  }

  @Override
  public CompletableFuture<AuthStatus> status(CallContext context) {
    return ELSEWHERE.status(context);
  }

  @Override
  public CompletableFuture<IssuedToken> authenticate(
      String user, Password password, CallContext context) {
    return ELSEWHERE.authenticate(user, password, context);
  }

  @Override
  public CompletableFuture<Bytes> hash(Password password, CallContext context) {
    return ELSEWHERE.hash(password, context);
  }

  @Override
  public CompletableFuture<Long> change(AuthChange change, CallContext context) {
    return ELSEWHERE.change(change, context);
  }

  @Override
  public CompletableFuture<Listing<String>> rolesOf(String user, CallContext context) {
    return ELSEWHERE.rolesOf(user, context);
  }

  @Override
  public CompletableFuture<Listing<Permission>> permissionsOf(String role, CallContext context) {
    return ELSEWHERE.permissionsOf(role, context);
  }

  @Override
  public CompletableFuture<Listing<String>> users(CallContext context) {
    return ELSEWHERE.users(context);
  }

  @Override
  public CompletableFuture<Listing<String>> roles(CallContext context) {
    return ELSEWHERE.roles(context);
  }
}
