package dev.kvorum.grpc.oracle;

/** A running, empty server that speaks etcd's API in plaintext on loopback. */
interface Subject extends AutoCloseable {
  /** For messages. */
  String name();

  /** {@code host:port} of its client port. */
  String address();

  /** What it said when it ended by itself; empty while it runs. */
  String lastWords();

  /** Stops it without any farewell it could do without, and starts it again on its data and its address. */
  void restart() throws Exception;

  /** Stops it and removes its data. */
  @Override
  void close();

  /** Starts fresh servers, each with no data. */
  @FunctionalInterface
  interface Factory {
    Subject start() throws Exception;
  }
}
