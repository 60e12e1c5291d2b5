package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.codec.BodyEncoder;
import dev.kvorum.apiserver.codec.CodecException;
import dev.kvorum.apiserver.codec.MediaType;
import dev.kvorum.apiserver.protobuf.ProtobufCodec;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.watch.Encoding;
import dev.kvorum.apiserver.watch.EventType;
import java.nio.charset.StandardCharsets;

/**
 * Events of a resource in the form that was agreed upon.
 */
record WatchEncoding(Wanted wanted, BodyEncoder encoder) implements Encoding {
  private static final byte[] NEWLINE = {'\n'};

  @Override
  public ObjectNode view(ObjectNode stored) {
    return wanted.resource().form().fromStored(stored);
  }

  @Override
  public byte[] event(EventType type, ObjectNode object, boolean first) {
    return frame(type.name(), wanted.one(object, first));
  }

  @Override
  public boolean alike() {
    return !wanted.form().transform().isTable();
  }

  @Override
  public byte[] bookmark(long revision, boolean initial) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("kind", wanted.resource().kind().kind());
    object.put("apiVersion", wanted.resource().kind().apiVersion());
    ObjectNode metadata = object.putObject("metadata");
    metadata.put("resourceVersion", Long.toString(revision));
    if (initial) {
      metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
    }
    return frame("BOOKMARK", wanted.one(object, false));
  }

  @Override
  public byte[] expired(String message) {
    return error(Status.expired(message));
  }

  /** That the watch ends, and why. */
  byte[] error(Status status) {
    return frame("ERROR", status.toJson());
  }

  private byte[] frame(String type, ObjectNode object) {
    try {
      if (wanted.form().type() == MediaType.PROTOBUF) {
        return ProtobufCodec.watchFrame(type, encoder.encode(object, MediaType.PROTOBUF, false));
      }
      byte[] json = encoder.encode(object, MediaType.JSON, false);
      byte[] begin = ("{\"type\":\"" + type + "\",\"object\":").getBytes(StandardCharsets.UTF_8);
      int length =
          json.length > 0 && json[json.length - 1] == NEWLINE[0] ? json.length - 1 : json.length;
      byte[] frame = new byte[begin.length + length + 2];
      System.arraycopy(begin, 0, frame, 0, begin.length);
      System.arraycopy(json, 0, frame, begin.length, length);
      frame[frame.length - 2] = '}';
      frame[frame.length - 1] = NEWLINE[0];
      return frame;
    } catch (CodecException e) {
      throw new IllegalStateException("an object that was stored cannot be written", e);
    }
  }
}
