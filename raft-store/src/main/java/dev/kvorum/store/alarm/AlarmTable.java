package dev.kvorum.store.alarm;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.engine.Cursor;
import dev.kvorum.store.engine.Engine;
import dev.kvorum.store.engine.EngineBatch;
import dev.kvorum.store.engine.Family;
import dev.kvorum.store.engine.ScanKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * The alarms that are on, one row each: {@code alarm/}, a byte for the type, the member's id; the value is empty.
 *
 * <p>One writer, which alone calls everything but {@link #published}; readers see what was published last.
 */
public final class AlarmTable {
  private static final byte[] PREFIX = "alarm/".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PREFIX_END = "alarm0".getBytes(StandardCharsets.US_ASCII);
  private static final byte NO_SPACE = 1;
  private static final byte CORRUPT = 2;
  private static final Comparator<Alarm> ORDER =
      Comparator.comparing(Alarm::type).thenComparing(Alarm::memberId, Long::compareUnsigned);

  private final TreeSet<Alarm> alarms = new TreeSet<>(ORDER);
  private int noSpace;
  private int corrupt;
  private boolean changed = true;
  private volatile List<Alarm> published = List.of();

  /** Reads the alarms from {@code engine}. */
  public AlarmTable(Engine engine) {
    try (Cursor cursor = engine.scan(Family.META, PREFIX, PREFIX_END, ScanKind.BULK)) {
      while (cursor.next()) {
        note(decode(cursor.key()), true);
      }
    }
    publish();
  }

  /** Switches an alarm on. */
  public void raise(Alarm alarm, EngineBatch batch) {
    if (note(alarm, true)) {
      batch.put(Family.META, row(alarm), new byte[0]);
    }
  }

  /** Switches an alarm off; whether it was on. */
  public boolean disarm(Alarm alarm, EngineBatch batch) {
    boolean was = note(alarm, false);
    if (was) {
      batch.delete(Family.META, row(alarm));
    }
    return was;
  }

  /** Whether an alarm of this type is on, of any member. */
  public boolean isOn(Alarm.Type type) {
    return switch (type) {
      case NO_SPACE -> noSpace > 0;
      case CORRUPT -> corrupt > 0;
    };
  }

  /** Whether any alarm is on. */
  public boolean isAnyOn() {
    return noSpace + corrupt > 0;
  }

  /** Makes all changes so far visible. */
  public void publish() {
    if (changed) {
      published = List.copyOf(alarms);
      changed = false;
    }
  }

  /** The alarms as published last, by type, then by member; immutable. Any thread. */
  public List<Alarm> published() {
    return published;
  }

  private boolean note(Alarm alarm, boolean on) {
    if (on ? !alarms.add(alarm) : !alarms.remove(alarm)) {
      return false;
    }
    int difference = on ? 1 : -1;
    switch (alarm.type()) {
      case NO_SPACE -> noSpace += difference;
      case CORRUPT -> corrupt += difference;
    }
    changed = true;
    return true;
  }

  private static byte[] row(Alarm alarm) {
    byte[] key = Arrays.copyOf(PREFIX, PREFIX.length + 1 + Long.BYTES);
    ByteBuffer.wrap(key, PREFIX.length, 1 + Long.BYTES)
        .put(
            switch (alarm.type()) {
              case NO_SPACE -> NO_SPACE;
              case CORRUPT -> CORRUPT;
            })
        .putLong(alarm.memberId());
    return key;
  }

  private static Alarm decode(byte[] row) {
    if (row.length != PREFIX.length + 1 + Long.BYTES) {
      throw new IllegalStateException("alarm row of " + row.length + " bytes");
    }
    long member = ByteBuffer.wrap(row).getLong(PREFIX.length + 1);
    byte type = row[PREFIX.length];
    return switch (type) {
      case NO_SPACE -> new Alarm(member, Alarm.Type.NO_SPACE);
      case CORRUPT -> new Alarm(member, Alarm.Type.CORRUPT);
      default ->
        throw new IllegalStateException(
            "alarm of type " + type + ", which this version does not know");
    };
  }
}
