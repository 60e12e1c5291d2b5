package dev.kvorum.store.command;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Member;
import dev.kvorum.store.command.Command.CheckpointLeases;
import dev.kvorum.store.command.Command.Compact;
import dev.kvorum.store.command.Command.Delete;
import dev.kvorum.store.command.Command.DisarmAlarm;
import dev.kvorum.store.command.Command.ExpireLease;
import dev.kvorum.store.command.Command.GrantLease;
import dev.kvorum.store.command.Command.LeaseCheckpoint;
import dev.kvorum.store.command.Command.PublishMember;
import dev.kvorum.store.command.Command.Put;
import dev.kvorum.store.command.Command.RaiseAlarm;
import dev.kvorum.store.command.Command.RevokeLease;
import dev.kvorum.store.command.Command.Txn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The encoding of log entries.
 *
 * <pre>
 * entry   = u8 format, varint n, n * batch
 * batch   = u64 origin, u64 incarnation, u64 sequence, u64 leaderTimeMillis, varint n, n * command
 * command = u8 opcode, its fields
 * </pre>
 *
 * Fixed numbers are big-endian; varints are 7 bits a byte, least significant first; a string is a varint length and its
 * bytes. Entries stay readable: a new field means a new opcode or a new format, never another meaning of an old one.
 */
public final class CommandCodec {
  /** An upper bound of what a batch takes in an entry beside its commands, in bytes. */
  public static final int BATCH_OVERHEAD = 64;

  private static final int FORMAT = 1;
  private static final int BATCH_FIXED_BYTES = 4 * Long.BYTES;

  private static final int PUT = 1;
  private static final int DELETE = 2;
  private static final int TXN = 3;
  private static final int COMPACT = 4;
  private static final int GRANT_LEASE = 5;
  private static final int REVOKE_LEASE = 6;
  private static final int EXPIRE_LEASE = 7;
  private static final int CHECKPOINT_LEASES = 8;
  private static final int PUBLISH_MEMBER = 9;
  private static final int RAISE_ALARM = 56;
  private static final int DISARM_ALARM = 57;

  private CommandCodec() {}

  /** Encodes one log entry. */
  public static byte[] encode(List<CommandBatch> batches) {
    long size = 1L + Output.varintSize(batches.size());
    for (CommandBatch batch : batches) {
      size += (long) BATCH_FIXED_BYTES + Output.varintSize(batch.commands().size());
      for (Command<?> command : batch.commands()) {
        size += encodedSize(command);
      }
    }
    Output out = new Output(Math.toIntExact(size));
    out.octet(FORMAT);
    out.varint(batches.size());
    for (CommandBatch batch : batches) {
      out.fixed(batch.originId());
      out.fixed(batch.incarnation());
      out.fixed(batch.sequence());
      out.fixed(batch.leaderTimeMillis());
      out.varint(batch.commands().size());
      for (Command<?> command : batch.commands()) {
        write(out, command);
      }
    }
    if (out.at != out.bytes.length) {
      throw new IllegalStateException("sized " + out.bytes.length + ", wrote " + out.at);
    }
    return out.bytes;
  }

  /**
   * Decodes one log entry. Keys and values of the result are windows on {@code entry}, which must not change afterwards.
   *
   * @throws IllegalArgumentException if {@code entry} is not what {@link #encode} writes
   */
  public static List<CommandBatch> decode(byte[] entry) {
    Input in = new Input(entry);
    int format = in.octet();
    if (format != FORMAT) {
      throw new IllegalArgumentException(
          "log entry of format " + format + "; this version reads format " + FORMAT);
    }
    int batches = in.count(BATCH_FIXED_BYTES + 1);
    List<CommandBatch> decoded = new ArrayList<>(batches);
    for (int i = 0; i < batches; i++) {
      long originId = in.fixed();
      long incarnation = in.fixed();
      long sequence = in.fixed();
      long leaderTimeMillis = in.fixed();
      int commands = in.count(1);
      List<Command<?>> list = new ArrayList<>();
      for (int j = 0; j < commands; j++) {
        list.add(read(in));
      }
      decoded.add(new CommandBatch(originId, incarnation, sequence, leaderTimeMillis, list));
    }
    if (!in.isAtEnd()) {
      throw new IllegalArgumentException("log entry with bytes after its end");
    }
    return decoded;
  }

  /** As {@link #decode(byte[])}, of the remaining bytes of {@code entry}; copies them. */
  public static List<CommandBatch> decode(ByteBuffer entry) {
    byte[] copy = new byte[entry.remaining()];
    entry.duplicate().get(copy);
    return decode(copy);
  }

  /** Bytes that {@code command} takes in an entry; what surrounds a batch is at most {@link #BATCH_OVERHEAD} more. */
  public static int encodedSize(Command<?> command) {
    long size = 1
        + switch (command) {
          case Put put -> OpCodec.size(put.request());
          case Delete delete -> OpCodec.size(delete.request());
          case Txn txn -> OpCodec.size(txn.request());
          case Compact compact -> Output.varintSize(compact.revision());
          case GrantLease grant -> Long.BYTES + Output.varintSize(grant.ttlSeconds());
          case RevokeLease revoke -> Long.BYTES;
          case ExpireLease expire -> Long.BYTES + Output.varintSize(expire.term());
          case CheckpointLeases leases -> {
            long sum = Output.varintSize(leases.checkpoints().size());
            for (LeaseCheckpoint lease : leases.checkpoints()) {
              sum += Long.BYTES + Output.varintSize(lease.remainingTtlSeconds());
            }
            yield sum;
          }
          case PublishMember publish -> memberSize(publish.member()) + Long.BYTES;
          case Command.MembershipChange<?> change -> MembershipCodec.size(change);
          case RaiseAlarm raise -> AlarmCodec.SIZE;
          case DisarmAlarm disarm -> AlarmCodec.SIZE;
        };
    return Math.toIntExact(size);
  }

  private static void write(Output out, Command<?> command) {
    switch (command) {
      case Put put -> {
        out.octet(PUT);
        OpCodec.write(out, put.request());
      }
      case Delete delete -> {
        out.octet(DELETE);
        OpCodec.write(out, delete.request());
      }
      case Txn txn -> {
        out.octet(TXN);
        OpCodec.write(out, txn.request());
      }
      case Compact compact -> {
        out.octet(COMPACT);
        out.varint(compact.revision());
      }
      case GrantLease grant -> {
        out.octet(GRANT_LEASE);
        out.fixed(grant.id());
        out.varint(grant.ttlSeconds());
      }
      case RevokeLease revoke -> {
        out.octet(REVOKE_LEASE);
        out.fixed(revoke.id());
      }
      case ExpireLease expire -> {
        out.octet(EXPIRE_LEASE);
        out.fixed(expire.id());
        out.varint(expire.term());
      }
      case CheckpointLeases leases -> {
        out.octet(CHECKPOINT_LEASES);
        out.varint(leases.checkpoints().size());
        for (LeaseCheckpoint lease : leases.checkpoints()) {
          out.fixed(lease.id());
          out.varint(lease.remainingTtlSeconds());
        }
      }
      case PublishMember publish -> {
        out.octet(PUBLISH_MEMBER);
        writeMember(out, publish.member());
        out.fixed(publish.incarnation());
      }
      case Command.MembershipChange<?> change -> MembershipCodec.write(out, change);
      case RaiseAlarm raise -> {
        out.octet(RAISE_ALARM);
        AlarmCodec.write(out, raise.alarm());
      }
      case DisarmAlarm disarm -> {
        out.octet(DISARM_ALARM);
        AlarmCodec.write(out, disarm.alarm());
      }
    }
  }

  private static Command<?> read(Input in) {
    int opcode = in.octet();
    return switch (opcode) {
      case PUT -> new Put(OpCodec.readPut(in));
      case DELETE -> new Delete(OpCodec.readDelete(in));
      case TXN -> new Txn(OpCodec.readTxn(in, 1));
      case COMPACT -> new Compact(in.varint());
      case GRANT_LEASE -> new GrantLease(in.fixed(), in.varint());
      case REVOKE_LEASE -> new RevokeLease(in.fixed());
      case EXPIRE_LEASE -> new ExpireLease(in.fixed(), in.varint());
      case CHECKPOINT_LEASES -> {
        int count = in.count(Long.BYTES + 1);
        List<LeaseCheckpoint> checkpoints = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          checkpoints.add(new LeaseCheckpoint(in.fixed(), in.varint()));
        }
        yield new CheckpointLeases(checkpoints);
      }
      case PUBLISH_MEMBER -> new PublishMember(readMember(in), in.fixed());
      case MembershipCodec.FIRST_OPCODE,
          MembershipCodec.FIRST_OPCODE + 1,
          MembershipCodec.FIRST_OPCODE + 2,
          MembershipCodec.FIRST_OPCODE + 3,
          MembershipCodec.FIRST_OPCODE + 4,
          MembershipCodec.FIRST_OPCODE + 5,
          MembershipCodec.FIRST_OPCODE + 6 -> MembershipCodec.read(opcode, in);
      case RAISE_ALARM -> new RaiseAlarm(AlarmCodec.read(in));
      case DISARM_ALARM -> new DisarmAlarm(AlarmCodec.read(in));
      default ->
        throw new IllegalArgumentException(
            "log entry with command " + opcode + ", which this version does not know");
    };
  }

  static long memberSize(Member member) {
    return Long.BYTES
        + Output.stringSize(Bytes.utf8(member.name()))
        + stringsSize(member.peerUrls())
        + stringsSize(member.clientUrls())
        + 1;
  }

  static long stringsSize(List<String> strings) {
    long size = Output.varintSize(strings.size());
    for (String string : strings) {
      size += Output.stringSize(Bytes.utf8(string));
    }
    return size;
  }

  static void writeMember(Output out, Member member) {
    out.fixed(member.id());
    out.string(Bytes.utf8(member.name()));
    writeStrings(out, member.peerUrls());
    writeStrings(out, member.clientUrls());
    out.octet(member.learner() ? 1 : 0);
  }

  static void writeStrings(Output out, List<String> strings) {
    out.varint(strings.size());
    for (String string : strings) {
      out.string(Bytes.utf8(string));
    }
  }

  static Member readMember(Input in) {
    return new Member(
        in.fixed(), in.string().toUtf8(), readStrings(in), readStrings(in), in.octet() == 1);
  }

  static List<String> readStrings(Input in) {
    int count = in.count(1);
    List<String> strings = new ArrayList<>(Math.min(count, 16));
    for (int i = 0; i < count; i++) {
      strings.add(in.string().toUtf8());
    }
    return strings;
  }

  /** The encoding of what {@link PublishMember} carries, for storing it beside the state. */
  public static byte[] encodeMember(Member member) {
    Output out = new Output(Math.toIntExact(memberSize(member)));
    writeMember(out, member);
    return out.bytes;
  }

  /**
   * Reads what {@link #encodeMember} writes.
   *
   * @throws IllegalArgumentException if {@code encoded} is something else
   */
  public static Member decodeMember(byte[] encoded) {
    Input in = new Input(encoded);
    Member member = readMember(in);
    if (!in.isAtEnd()) {
      throw new IllegalArgumentException("member with bytes after its end");
    }
    return member;
  }
}
