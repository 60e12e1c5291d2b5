package dev.kvorum.grpc.server;

import dev.kvorum.store.KvStore;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.Status;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Decides by a call's metadata, before its first message is read, whether the call can be served at all. */
final class CallGate {
  private static final Metadata.Key<byte[]> REQUIRE_LEADER = rawKey("hasleader");
  private static final Metadata.Key<byte[]> CLIENT_API_VERSION = rawKey("client-api-version");
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};

  private final KvStore store;
  private final Leadership leadership;

  CallGate(KvStore store, Leadership leadership) {
    this.store = store;
    this.leadership = leadership;
  }

  /**
   * Why the call is refused; null when it is not.
   *
   * @param learner whether a member that does not vote serves this method
   */
  @Nullable
  Status refusal(Metadata headers, boolean learner) {
    if (!learner && leadership.isLearner()) {
      return Statuses.NOT_FOR_LEARNERS;
    }
    byte[] version = headers.get(CLIENT_API_VERSION);
    if (version != null && !isUtf8(version)) {
      return Statuses.INVALID_CLIENT_API_VERSION;
    }
    return requiresLeader(headers) && store.leaderlessMillis() > 0 ? Statuses.NO_LEADER : null;
  }

  /** Whether the caller would rather be told that there is no leader than wait for one. */
  static boolean requiresLeader(Metadata headers) {
    byte[] value = headers.get(REQUIRE_LEADER);
    return value != null && java.util.Arrays.equals(value, TRUE);
  }

  private static boolean isUtf8(byte[] text) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** A header's bytes as they arrived: the ordinary kind of key would have replaced what is not ASCII. */
  private static Metadata.Key<byte[]> rawKey(String name) {
    return InternalMetadata.keyOf(name, new InternalMetadata.TrustedAsciiMarshaller<byte[]>() {
      @Override
      public byte[] toAsciiString(byte[] value) {
        return value;
      }

      @Override
      public byte[] parseAsciiString(byte[] serialized) {
        return serialized;
      }
    });
  }
}
