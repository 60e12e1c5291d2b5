package dev.kvorum.grpc.gateway;

import com.google.protobuf.Message;
import dev.kvorum.grpc.http.Exchange;
import dev.kvorum.grpc.http.Response;
import dev.kvorum.grpc.http.Route;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Everything below {@code /v3/}. */
public final class JsonGateway implements Route {
  /** Where it belongs. */
  public static final String PREFIX = "/v3/";

  private static final Status NO_SUCH_PATH = Status.NOT_FOUND.withDescription("Not Found");
  private static final Status WRONG_METHOD =
      Status.UNIMPLEMENTED.withDescription("Method Not Allowed");

  private final Map<String, GatewayMethod> methods = new HashMap<>();
  private final MessageReader reader;
  private final int maxJsonBytes;
  private final List<ServerStreamTracer.Factory> tracers;

  /**
   * Prepares the gateway.
   *
   * @param schemas the services as their protocol describes them, with messages; they say what there could be
   * @param services what there is, with all interceptors: they are called as they are
   * @param tracers count the calls, as they do for gRPC
   * @param maxMessageBytes the largest message that the services take
   */
  public JsonGateway(
      List<ServiceDescriptor> schemas,
      List<ServerServiceDefinition> services,
      List<? extends ServerStreamTracer.Factory> tracers,
      int maxMessageBytes) {
    this.tracers = List.copyOf(tracers);
    // Base64 and names make the text larger than the message; the message has its own limit.
    this.maxJsonBytes = (int) Math.min(Integer.MAX_VALUE / 2, 2L * maxMessageBytes);
    this.reader = new MessageReader(maxJsonBytes);
    Map<String, ServerMethodDefinition<?, ?>> handlers = new HashMap<>();
    for (ServerServiceDefinition service : services) {
      for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
        handlers.put(method.getMethodDescriptor().getFullMethodName(), method);
      }
    }
    for (ServiceDescriptor schema : schemas) {
      for (MethodDescriptor<?, ?> method : schema.getMethods()) {
        for (String path : GatewayPaths.of(method.getFullMethodName())) {
          methods.put(path, method(method, handlers.get(method.getFullMethodName())));
        }
      }
    }
  }

  private static GatewayMethod method(
      MethodDescriptor<?, ?> schema, @Nullable ServerMethodDefinition<?, ?> handler) {
    return new GatewayMethod(
        schema.getFullMethodName(),
        schema.getType(),
        prototype(schema.getRequestMarshaller()),
        prototype(schema.getResponseMarshaller()),
        handler);
  }

  private static Message prototype(MethodDescriptor.Marshaller<?> marshaller) {
    if (marshaller instanceof PrototypeMarshaller<?> described
        && described.getMessagePrototype() instanceof Message message) {
      return message;
    }
    throw new IllegalArgumentException("no description of its message has " + marshaller);
  }

  /** The paths that are served. */
  public Set<String> paths() {
    return Set.copyOf(methods.keySet());
  }

  @Override
  public boolean acceptsWebSockets() {
    return true;
  }

  @Override
  public boolean isGuarded() {
    return true;
  }

  @Override
  public Exchange open(HttpRequest request, String path, Response response) {
    GatewayMethod method = methods.get(path);
    if (method == null) {
      return Refusal.of(NO_SUCH_PATH, response);
    }
    if (!request.method().equals(HttpMethod.POST)) {
      return Refusal.of(WRONG_METHOD, response);
    }
    if (method.handler() == null) {
      return Refusal.of(method.notOffered(), response);
    }
    CallHeaders headers;
    try {
      headers = CallHeaders.of(request.headers());
    } catch (BadRequest e) {
      return Refusal.of(Status.INVALID_ARGUMENT.withDescription(e.getMessage()), response);
    }
    return new GatewayExchange(method, headers, reader, maxJsonBytes, tracers, response);
  }
}
