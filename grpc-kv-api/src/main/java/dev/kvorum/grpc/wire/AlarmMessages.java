package dev.kvorum.grpc.wire;

import dev.kvorum.proto.etcd.AlarmMember;
import dev.kvorum.proto.etcd.AlarmType;
import dev.kvorum.store.Alarm;

/** Alarms as etcd says them. */
public final class AlarmMessages {
  private AlarmMessages() {}

  /** The alarm as a message. */
  public static AlarmMember of(Alarm alarm) {
    return AlarmMember.newBuilder()
        .setMemberID(alarm.memberId())
        .setAlarm(type(alarm.type()))
        .build();
  }

  /**
   * The alarm of a message.
   *
   * @throws InvalidRequest if it is of no known type
   */
  public static Alarm alarm(long memberId, AlarmType type) throws InvalidRequest {
    return switch (type) {
      case NOSPACE -> new Alarm(memberId, Alarm.Type.NO_SPACE);
      case CORRUPT -> new Alarm(memberId, Alarm.Type.CORRUPT);
      case NONE, UNRECOGNIZED -> throw new InvalidRequest("etcdserver: unknown alarm type");
    };
  }

  /** The alarm in a line, as Status lists it among what is wrong: the message as text. */
  static String text(Alarm alarm) {
    String member =
        alarm.memberId() == 0 ? "" : "memberID:" + Long.toUnsignedString(alarm.memberId()) + " ";
    return member + "alarm:" + type(alarm.type());
  }

  private static AlarmType type(Alarm.Type type) {
    return switch (type) {
      case NO_SPACE -> AlarmType.NOSPACE;
      case CORRUPT -> AlarmType.CORRUPT;
    };
  }
}
