package dev.kvorum.cli;

import dev.kvorum.proto.etcd.AuthGrpc;
import dev.kvorum.proto.etcd.AuthenticateRequest;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;

/**
 * A user and a password.
 *
 * @param user not empty
 */
record Login(String user, String password) {
  private static final Metadata.Key<String> TOKEN =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
  private static final String AUTH_IS_OFF = "etcdserver: authentication is not enabled";

  /**
   * Asks for a token, and puts it into every call.
   *
   * @return the same channel if the cluster knows no users
   * @throws StatusRuntimeException if the member says no
   */
  Channel on(Channel channel) {
    try {
      String token = AuthGrpc.newBlockingStub(channel)
          .authenticate(AuthenticateRequest.newBuilder()
              .setName(user)
              .setPassword(password)
              .build())
          .getToken();
      Metadata headers = new Metadata();
      headers.put(TOKEN, token);
      return ClientInterceptors.intercept(
          channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    } catch (StatusRuntimeException refusal) {
      if (refusal.getStatus().getCode() == Status.Code.FAILED_PRECONDITION
          && AUTH_IS_OFF.equals(refusal.getStatus().getDescription())) {
        return channel;
      }
      throw refusal;
    }
  }

  @Override
  public String toString() {
    return "Login[" + user + "]";
  }
}
