package dev.kvorum.store.apply;

import dev.kvorum.store.command.Command.PublishMember;
import dev.kvorum.store.command.CommandCodec;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What members said about themselves. Changed by the writer; {@link #published} is for everybody. */
final class Members {
  private static final byte[] PREFIX = "member/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PREFIX_END = "member0".getBytes(StandardCharsets.US_ASCII);

  private final TreeMap<Long, PublishedMember> members = new TreeMap<>(Long::compareUnsigned);
  private boolean changed = true;
  private volatile SortedMap<Long, PublishedMember> published = Collections.emptySortedMap();

  Members(Engine engine) {
    try (Cursor cursor = engine.scan(Family.META, PREFIX, PREFIX_END, ScanKind.BULK)) {
      while (cursor.next()) {
        byte[] value = cursor.value();
        long incarnation = ByteBuffer.wrap(value).getLong();
        PublishedMember member = new PublishedMember(
            CommandCodec.decodeMember(Arrays.copyOfRange(value, Long.BYTES, value.length)),
            incarnation);
        members.put(member.member().id(), member);
      }
    }
    publish();
  }

  void put(PublishMember command, EngineBatch batch) {
    long id = command.member().id();
    PublishedMember known = members.get(id);
    if (known != null && command.incarnation() < known.incarnation()) {
      return;
    }
    members.put(id, new PublishedMember(command.member(), command.incarnation()));
    changed = true;
    byte[] key = key(id);
    byte[] encoded = CommandCodec.encodeMember(command.member());
    batch.put(
        Family.META,
        key,
        ByteBuffer.allocate(Long.BYTES + encoded.length)
            .putLong(command.incarnation())
            .put(encoded)
            .array());
  }

  /** Whether a member's process has ever run. */
  boolean isStarted(long id) {
    PublishedMember member = members.get(id);
    return member != null && !member.member().name().isEmpty();
  }

  void remove(long id, EngineBatch batch) {
    if (members.remove(id) != null) {
      changed = true;
      batch.delete(Family.META, key(id));
    }
  }

  void publish() {
    if (changed) {
      TreeMap<Long, PublishedMember> copy = new TreeMap<>(Long::compareUnsigned);
      copy.putAll(members);
      published = Collections.unmodifiableSortedMap(copy);
      changed = false;
    }
  }

  SortedMap<Long, PublishedMember> published() {
    return published;
  }

  private static byte[] key(long id) {
    byte[] key = Arrays.copyOf(PREFIX, PREFIX.length + Long.BYTES);
    ByteBuffer.wrap(key).putLong(PREFIX.length, id);
    return key;
  }

  /** Removes all rows. */
  static void forget(EngineBatch batch) {
    batch.deleteRange(Family.META, PREFIX, PREFIX_END);
  }
}
