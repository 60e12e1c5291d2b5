package dev.kvorum.store.command;

import dev.kvorum.store.Alarm;

/** The encoding of alarms in commands: u8 type, u64 member. */
final class AlarmCodec {
  static final long SIZE = 1 + Long.BYTES;

  private static final int NO_SPACE = 1;
  private static final int CORRUPT = 2;

  private AlarmCodec() {}

  static void write(Output out, Alarm alarm) {
    out.octet(
        switch (alarm.type()) {
          case NO_SPACE -> NO_SPACE;
          case CORRUPT -> CORRUPT;
        });
    out.fixed(alarm.memberId());
  }

  static Alarm read(Input in) {
    int type = in.octet();
    return switch (type) {
      case NO_SPACE -> new Alarm(in.fixed(), Alarm.Type.NO_SPACE);
      case CORRUPT -> new Alarm(in.fixed(), Alarm.Type.CORRUPT);
      default -> throw new IllegalArgumentException("log entry with an alarm of type " + type);
    };
  }
}
