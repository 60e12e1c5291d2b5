package dev.kvorum.grpc.gateway;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.kvorum.grpc.http.Answer;
import dev.kvorum.grpc.http.Exchange;
import dev.kvorum.grpc.http.Response;
import dev.kvorum.store.Bytes;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request to a method: JSON values in the body are its requests, what it answers is the response. The call begins
 * with the first value, or with the body's end. Lives on its connection's event loop.
 *
 * <p>A method that takes one request gets the first value; the rest of the body is not looked at, as in etcd. One that
 * takes many gets them as it asks for them, and nothing more is read from the connection meanwhile.
 */
final class GatewayExchange implements Exchange, GatewayCall.Peer {
  private static final String JSON = "application/json";
  private static final Map<String, String> HEADERS =
      Map.of("Grpc-Metadata-Content-Type", "application/grpc");
  private static final byte[] NOTHING = new byte[0];

  private final GatewayMethod method;
  private final CallHeaders headers;
  private final MessageReader reader;
  private final List<ServerStreamTracer.Factory> tracers;
  private final Response response;
  private final JsonValues values;

  private @Nullable GatewayCall<?, ?> call;
  private @Nullable Message next; // read, and not delivered yet
  private @Nullable Message single; // the response of a method that has one
  private boolean inputEnded;
  private boolean halfClosed;
  private boolean begun;
  private volatile boolean over; // read by handlers that ask from elsewhere whether they may send
  private boolean pumping;

  GatewayExchange(
      GatewayMethod method,
      CallHeaders headers,
      MessageReader reader,
      int maxJsonBytes,
      List<ServerStreamTracer.Factory> tracers,
      Response response) {
    this.method = method;
    this.headers = headers;
    this.reader = reader;
    this.tracers = tracers;
    this.response = response;
    this.values = new JsonValues(maxJsonBytes);
  }

  @Override
  public void body(ByteBuf piece) {
    if (over || (call != null && !method.takesMany())) {
      return;
    }
    if (!values.feed(piece)) {
      fail(Status.RESOURCE_EXHAUSTED.withDescription("grpc: received message larger than max"));
      return;
    }
    pump();
  }

  @Override
  public void bodyEnded() {
    if (!over && !inputEnded) {
      inputEnded = true;
      values.end();
      pump();
    }
  }

  @Override
  public boolean wantsBody() {
    return call == null || !method.takesMany() || (values.isEmpty() && call.demand() > 0);
  }

  @Override
  public boolean isEstablished() {
    return call != null && method.takesMany();
  }

  /** Moves requests from the body to the call, as far as there are some and they are wanted. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      if (begin()) {
        deliver();
      }
    } catch (BadRequest e) {
      fail(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
    } finally {
      pumping = false;
    }
  }

  private boolean begin() throws BadRequest {
    if (call != null) {
      return true;
    }
    byte[] first = values.poll();
    if (first == null && !inputEnded) {
      return false;
    }
    if (first != null || !method.takesMany()) {
      next = reader.read(first == null ? NOTHING : first, method.request());
    }
    call = start(Objects.requireNonNull(method.handler()));
    return true;
  }

  private <Q, R> GatewayCall<Q, R> start(ServerMethodDefinition<Q, R> handler) {
    GatewayCall<Q, R> started = new GatewayCall<>(
        handler, headers, response.loop(), response.remoteAddress(), tracers, this);
    call = started; // it may ask for messages before it has started
    started.start();
    return started;
  }

  private void deliver() throws BadRequest {
    GatewayCall<?, ?> target = Objects.requireNonNull(call);
    while (!over && !halfClosed) {
      if (next == null && method.takesMany()) {
        byte[] value = values.poll();
        if (value != null) {
          next = reader.read(value, method.request());
        }
      }
      Message message = next;
      if (message == null) {
        if (inputEnded || !method.takesMany()) {
          halfClosed = true;
          target.halfClose();
        }
        return;
      }
      if (target.demand() == 0) {
        return;
      }
      next = null;
      target.deliver(message.toByteArray());
    }
  }

  @Override
  public void demanded() {
    if (!over && !pumping) {
      pump();
      response.wantBody();
    }
  }

  @Override
  public void message(InputStream encoded) throws InvalidProtocolBufferException {
    if (over) {
      return;
    }
    Message message = method.response().getParserForType().parseFrom(encoded);
    if (!method.answersMany()) {
      single = message;
      return;
    }
    if (!begun) {
      begun = true;
      response.begin(JSON, HEADERS);
    }
    response.line(MessageWriter.result(message));
  }

  @Override
  public void closed(Status status) {
    if (over) {
      return;
    }
    if (!status.isOk()) {
      end(status, method.answersMany());
      return;
    }
    over = true;
    Message message = single;
    if (method.answersMany()) {
      if (!begun) {
        response.begin(JSON, HEADERS);
      }
      response.end();
    } else if (message != null) {
      response.answer(new Answer(200, JSON, Bytes.wrap(MessageWriter.message(message)), HEADERS));
    } else {
      response.answer(Refusal.answer(Status.INTERNAL.withDescription("no response")));
    }
  }

  /** The request is at fault. */
  private void fail(Status status) {
    if (over) {
      return;
    }
    end(status, false);
    if (call != null) {
      call.cancel();
    }
  }

  private void end(Status status, boolean asStream) {
    over = true;
    if (begun) {
      response.line(MessageWriter.streamFailure(status));
      response.end();
    } else {
      response.answer(
          asStream
              ? Refusal.answer(status, MessageWriter.streamFailure(status))
              : Refusal.answer(status));
    }
  }

  @Override
  public boolean isWritable() {
    return !over && response.isWritable();
  }

  @Override
  public void writable() {
    if (!over && call != null) {
      call.writable();
    }
  }

  @Override
  public void gone() {
    if (!over) {
      over = true;
      if (call != null) {
        call.cancel();
      }
    }
  }
}
