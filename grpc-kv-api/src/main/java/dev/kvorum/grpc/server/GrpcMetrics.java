package dev.kvorum.grpc.server;

import dev.kvorum.grpc.metrics.MetricSource;
import dev.kvorum.grpc.metrics.PrometheusText;
import dev.kvorum.store.DurationHistogram;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts calls, messages and bytes per method. Every method's counters exist from the start: dashboards subtract one
 * from another. Methods that do not exist are not counted, or clients could make up labels.
 */
public final class GrpcMetrics extends ServerStreamTracer.Factory implements MetricSource {
  private static final double[] HANDLING_BOUNDS_SECONDS = {
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };
  private static final ServerStreamTracer UNCOUNTED = new ServerStreamTracer() {};

  private final Map<String, Method> methods = new HashMap<>();
  private final List<Method> inOrder = new ArrayList<>();
  private final boolean extensive;
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();

  /**
   * Counts the calls of {@code services}.
   *
   * @param extensive whether to measure how long they take too
   */
  public GrpcMetrics(List<ServerServiceDefinition> services, boolean extensive) {
    this.extensive = extensive;
    for (ServerServiceDefinition service : services) {
      for (MethodDescriptor<?, ?> descriptor : service.getServiceDescriptor().getMethods()) {
        Method method = new Method(descriptor);
        methods.put(descriptor.getFullMethodName(), method);
        inOrder.add(method);
      }
    }
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
    Method method = methods.get(fullMethodName);
    if (method == null) {
      return UNCOUNTED;
    }
    method.started.increment();
    return new Tracer(method);
  }

  @Override
  public void writeTo(PrometheusText target) {
    String started = "grpc_server_started_total";
    target.counter(started, "Total number of RPCs started on the server.");
    inOrder.forEach(method -> target.sample(started, method.started.sum(), method.labels()));
    String handled = "grpc_server_handled_total";
    target.counter(
        handled, "Total number of RPCs completed on the server, regardless of success or failure.");
    for (Method method : inOrder) {
      for (Status.Code code : Status.Code.values()) {
        target.sample(handled, method.handled[code.value()].sum(), method.labels(goName(code)));
      }
    }
    String received = "grpc_server_msg_received_total";
    target.counter(received, "Total number of RPC stream messages received on the server.");
    inOrder.forEach(method -> target.sample(received, method.received.sum(), method.labels()));
    String sent = "grpc_server_msg_sent_total";
    target.counter(sent, "Total number of gRPC stream messages sent by the server.");
    inOrder.forEach(method -> target.sample(sent, method.sent.sum(), method.labels()));
    if (extensive) {
      String handling = "grpc_server_handling_seconds";
      target.histogram(
          handling,
          "Histogram of response latency (seconds) of gRPC that had been application-level handled by the server.");
      inOrder.forEach(method -> target.samples(handling, method.handling, method.labels()));
    }
    target.counter(
        "etcd_network_client_grpc_received_bytes_total",
        "The total number of bytes received from grpc clients.",
        receivedBytes.sum());
    target.counter(
        "etcd_network_client_grpc_sent_bytes_total",
        "The total number of bytes sent to grpc clients.",
        sentBytes.sum());
  }

  /** The name that gRPC for Go gives a code; alerts ask for these. */
  private static String goName(Status.Code code) {
    if (code == Status.Code.OK) {
      return "OK";
    }
    if (code == Status.Code.CANCELLED) {
      return "Canceled";
    }
    StringBuilder name = new StringBuilder();
    for (String word : code.name().split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
    }
    return name.toString();
  }

  private static final class Method {
    final String type;
    final String service;
    final String name;
    final LongAdder started = new LongAdder();
    final LongAdder received = new LongAdder();
    final LongAdder sent = new LongAdder();
    final DurationHistogram handling = new DurationHistogram(HANDLING_BOUNDS_SECONDS);
    final LongAdder[] handled = new LongAdder[Status.Code.values().length];

    Method(MethodDescriptor<?, ?> descriptor) {
      type = switch (descriptor.getType()) {
        case UNARY -> "unary";
        case CLIENT_STREAMING -> "client_stream";
        case SERVER_STREAMING -> "server_stream";
        case BIDI_STREAMING -> "bidi_stream";
        case UNKNOWN -> "unknown";
      };
      service = String.valueOf(descriptor.getServiceName());
      name = String.valueOf(descriptor.getBareMethodName());
      for (int i = 0; i < handled.length; i++) {
        handled[i] = new LongAdder();
      }
    }

    String[] labels() {
      return new String[] {"grpc_method", name, "grpc_service", service, "grpc_type", type};
    }

    String[] labels(String code) {
      return new String[] {
        "grpc_code", code, "grpc_method", name, "grpc_service", service, "grpc_type", type
      };
    }
  }

  private final class Tracer extends ServerStreamTracer {
    private final Method method;
    private final long start = extensive ? System.nanoTime() : 0;

    Tracer(Method method) {
      this.method = method;
    }

    @Override
    public void inboundMessage(int sequence) {
      method.received.increment();
    }

    @Override
    public void outboundMessage(int sequence) {
      method.sent.increment();
    }

    @Override
    public void inboundWireSize(long bytes) {
      receivedBytes.add(bytes);
    }

    @Override
    public void outboundWireSize(long bytes) {
      sentBytes.add(bytes);
    }

    @Override
    public void streamClosed(Status status) {
      method.handled[status.getCode().value()].increment();
      if (extensive) {
        method.handling.record(System.nanoTime() - start);
      }
    }
  }
}
