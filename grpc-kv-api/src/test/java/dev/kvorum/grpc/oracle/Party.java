package dev.kvorum.grpc.oracle;

import com.google.protobuf.Message;
import dev.kvorum.proto.etcd.LeaseKeepAliveRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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
    history = History.start(role, endpoint.channel(HISTORY_CLIENT));
    symbols.meet(endpoint);
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
    return answer.plain() instanceof Answer.Reply reply
        ? new Answer.Reply(symbols.normalize(reply.message()))
        : answer.plain();
  }

  /** Stops the server in the hardest way it can be stopped, and starts it on its data; no clients are left. */
  void restart() throws Exception {
    history.close();
    endpoint.close();
    server.restart();
    endpoint = connect();
  }

  /** After a restart: reads history again from the first revision that there is, and goes on from there. */
  void resume(long compactRevision, Who who) {
    history = History.resume(history, historyChannel(who), Math.max(1, compactRevision));
  }

  /** Goes on reading history in the name of {@code who}. */
  void readHistoryAs(Who who) {
    history.moveTo(historyChannel(who));
  }

  private Channel historyChannel(Who who) {
    return endpoint.channel(HISTORY_CLIENT, symbols.credential(who));
  }

  /** Renews a lease on the caller's lease stream. */
  CompletableFuture<Answer> keepAlive(From from, LeaseKeepAliveRequest request) {
    return endpoint.keepAlive(from.client(), symbols.credential(from.who()), request);
  }

  /** A watch stream in somebody's name. */
  WatchTape watch(From from) {
    return new WatchTape(endpoint.channel(from.client(), symbols.credential(from.who())));
  }

  /** Makes a call and does not wait for its answer. */
  CompletableFuture<Answer> call(From from, MethodDescriptor<?, ?> method, Message request) {
    Who.Credential credential = symbols.credential(from.who());
    return from.json() && GatewayClient.knows(method)
        ? endpoint.gateway().call(method, request, credential)
        : endpoint.call(from.client(), credential, method, request);
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
