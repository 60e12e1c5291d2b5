package dev.kvorum.grpc.oracle;

/**
 * Where a call comes from.
 *
 * @param client on which connection
 * @param who in whose name
 * @param json whether through the JSON gateway
 */
record From(int client, Who who, boolean json) {
  static From client(int client) {
    return new From(client, Who.NOBODY, false);
  }

  @Override
  public String toString() {
    return "client " + client + (who.isNobody() ? "" : " as " + who) + (json ? " in JSON" : "");
  }
}
