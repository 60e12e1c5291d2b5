package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import io.grpc.ClientInterceptor;
import java.util.List;

/** One of the two servers of a duel, with its clients and what is known of it. Confined to the duel's thread. */
final class Party implements AutoCloseable {
  private static final int HISTORY_CLIENT = Duel.CLIENTS;

  private final String role;
  private final Subject server;
  private final List<ClientInterceptor> interceptors;
  private final Symbols.Side symbols = new Symbols.Side();
  private Endpoint endpoint;
  private History history;

  Party(String role, Subject server, List<ClientInterceptor> interceptors) {
    this.role = role;
    this.server = server;
    this.interceptors = interceptors;
    endpoint = connect();
    history = History.start(role, endpoint, HISTORY_CLIENT);
  }

  Endpoint endpoint() {
    return endpoint;
  }

  History history() {
    return history;
  }

  Symbols.Side symbols() {
    return symbols;
  }

  String lastWords() {
    return server.lastWords();
  }

  Message normalize(Message message) {
    return symbols.normalize(message);
  }

  Answer normalize(Answer answer) {
    return answer instanceof Answer.Reply reply
        ? new Answer.Reply(symbols.normalize(reply.message()))
        : answer;
  }

  /** Stops the server in the hardest way it can be stopped, and starts it on its data; no clients are left. */
  void restart() throws Exception {
    history.close();
    endpoint.close();
    server.restart();
    endpoint = connect();
  }

  /** After a restart: reads history again from the first revision that there is, and goes on from there. */
  void resume(long compactRevision) {
    history = History.resume(history, endpoint, HISTORY_CLIENT, Math.max(1, compactRevision));
  }

  private Endpoint connect() {
    return new Endpoint(server.address(), Duel.CLIENTS + 1, interceptors);
  }

  @Override
  public void close() {
    history.close();
    endpoint.close();
    server.close();
  }

  @Override
  public String toString() {
    return role;
  }
}
