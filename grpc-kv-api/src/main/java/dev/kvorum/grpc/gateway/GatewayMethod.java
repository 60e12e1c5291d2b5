package dev.kvorum.grpc.gateway;

import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * What is called at a path.
 *
 * @param name the full name
 * @param type how many messages there are each way
 * @param request an empty request
 * @param response an empty response
 * @param handler serves it; null if nothing does
 */
record GatewayMethod(
    String name,
    MethodDescriptor.MethodType type,
    Message request,
    Message response,
    @Nullable ServerMethodDefinition<?, ?> handler) {

  /** Whether the client may go on sending messages. */
  boolean takesMany() {
    return !type.clientSendsOneMessage();
  }

  /** Whether there may be more than one response. */
  boolean answersMany() {
    return !type.serverSendsOneMessage();
  }

  /** In the words of gRPC for Go. */
  Status notOffered() {
    int slash = name.indexOf('/');
    return Status.UNIMPLEMENTED.withDescription(
        "unknown method " + name.substring(slash + 1) + " for service " + name.substring(0, slash));
  }
}
