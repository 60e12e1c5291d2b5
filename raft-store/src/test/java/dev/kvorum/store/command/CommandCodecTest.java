package dev.kvorum.store.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Alarm;
import dev.kvorum.store.Bytes;
import dev.kvorum.store.Compare;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Member;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.command.Command.MembershipChange;
import dev.kvorum.store.testing.Seeds;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandCodecTest {
  static LongStream seeds() {
    return Seeds.all();
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void whatIsWrittenIsRead(long seed) {
    List<CommandBatch> entry = randomEntry(new Random(seed));

    byte[] encoded = CommandCodec.encode(entry);

    assertThat(CommandCodec.decode(encoded)).isEqualTo(entry);
    assertThat(CommandCodec.decode(ByteBuffer.wrap(encoded).asReadOnlyBuffer())).isEqualTo(entry);
    int commands = entry.stream()
        .flatMap(batch -> batch.commands().stream())
        .mapToInt(CommandCodec::encodedSize)
        .sum();
    assertThat(encoded.length)
        .isBetween(commands, commands + 8 + entry.size() * CommandCodec.BATCH_OVERHEAD);
  }

  /** Damaged or hostile bytes are refused or read as something else; they never do worse. */
  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void damagedBytesAreRefusedOrReadDifferently(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 50; i++) {
      byte[] bytes = CommandCodec.encode(randomEntry(random));
      for (int j = random.nextInt(4); j >= 0; j--) {
        switch (random.nextInt(4)) {
          case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
          case 1 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(20));
          default -> {}
        }
        if (bytes.length > 0) {
          bytes[random.nextInt(bytes.length)] =
              random.nextBoolean() ? (byte) 0xff : (byte) random.nextInt();
        }
      }
      try {
        CommandCodec.decode(bytes);
      } catch (IllegalArgumentException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void hugeCountsAreRefusedBeforeAnythingIsAllocated() {
    byte[] manyBatches = {1, -1, -1, -1, -1, 7};
    byte[] entry = CommandCodec.encode(List.of(new CommandBatch(1, 1, 1, 0, List.of())));
    byte[] manyCommands = Arrays.copyOf(entry, entry.length + 4);
    Arrays.fill(manyCommands, entry.length - 1, manyCommands.length, (byte) -1);
    manyCommands[manyCommands.length - 1] = 7;

    assertThatThrownBy(() -> CommandCodec.decode(manyBatches))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> CommandCodec.decode(manyCommands))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void unknownFormatsAndCommandsAreNamed() {
    byte[] entry =
        CommandCodec.encode(List.of(new CommandBatch(1, 1, 1, 0, List.of(new Command.Compact(5)))));
    byte[] otherFormat = entry.clone();
    otherFormat[0] = 2;
    byte[] otherCommand = entry.clone();
    otherCommand[entry.length - 2] = 99;

    assertThatThrownBy(() -> CommandCodec.decode(otherFormat))
        .hasMessage("log entry of format 2; this version reads format 1");
    assertThatThrownBy(() -> CommandCodec.decode(otherCommand))
        .hasMessage("log entry with command 99, which this version does not know");
  }

  /** Logs of earlier versions must stay readable: these bytes may be added to, never changed. */
  @Test
  void theFormatDoesNotChange() {
    TxnRequest txn = new TxnRequest(
        List.of(new Compare(
            KeyRange.single(Bytes.utf8("a")),
            Compare.Target.MOD,
            Compare.Relation.EQUAL,
            7,
            Bytes.EMPTY)),
        List.of(new PutRequest(Bytes.utf8("a"), Bytes.utf8("v"), 300, true, false, false)),
        List.of(
            RangeRequest.of(KeyRange.prefix(Bytes.utf8("a")), 0, 5),
            new DeleteRequest(KeyRange.ALL, true)));
    List<CommandBatch> entry = List.of(new CommandBatch(
        1,
        2,
        3,
        4,
        List.of(
            new Command.Txn(txn),
            new Command.Compact(9),
            new Command.GrantLease(-1, 60),
            new Command.RevokeLease(1),
            new Command.ExpireLease(2, 3),
            new Command.CheckpointLeases(List.of(new Command.LeaseCheckpoint(5, 6))),
            new Command.PublishMember(
                new Member(8, "m", List.of("p"), List.of("c", "d"), true), 9))));

    assertThat(HexFormat.of().formatHex(CommandCodec.encode(entry)))
        .isEqualTo("0101"
            + "0000000000000001000000000000000200000000000000030000000000000004" + "07"
            + "03" + "01" + "0200016100" + "07" + "01" + "0201" + "0161" + "0176" + "ac02"
            + "02" + "01000000" + "0161" + "0162" + "0005" + "0301" + "0100" + "0100"
            + "0409"
            + "05ffffffffffffffff3c"
            + "060000000000000001"
            + "07000000000000000203"
            + "0801000000000000000506"
            + "090000000000000008016d01017002016301640100" + "00000000000009");
  }

  @Test
  void theFormatOfMembershipChangesDoesNotChange() {
    Member member = new Member(8, "m", List.of("p"), List.of(), true);
    List<CommandBatch> entry = List.of(new CommandBatch(
        1,
        2,
        3,
        4,
        List.of(
            new MembershipChange.FoundCluster(List.of(member)),
            new MembershipChange.AddMember(member, 1, true),
            new MembershipChange.RemoveMember(8, true),
            new MembershipChange.UpdateMember(8, List.of("q")),
            new MembershipChange.PromoteMember(8, false),
            new MembershipChange.AdmitMember(List.of("q"), "d"),
            new MembershipChange.IntroduceMember(member, 9, "d"))));

    assertThat(HexFormat.of().formatHex(CommandCodec.encode(entry)))
        .isEqualTo("0101"
            + "0000000000000001000000000000000200000000000000030000000000000004" + "07"
            + "3001" + "0000000000000008016d0101700001"
            + "31" + "0000000000000008016d0101700001" + "0101"
            + "32" + "0000000000000008" + "01"
            + "33" + "0000000000000008" + "010171"
            + "34" + "0000000000000008" + "00"
            + "35" + "010171" + "0164"
            + "36" + "0000000000000008016d0101700001" + "0000000000000009" + "0164");
  }

  @Test
  void theFormatOfAlarmsDoesNotChange() {
    List<CommandBatch> entry = List.of(new CommandBatch(
        1,
        2,
        3,
        4,
        List.of(
            new Command.RaiseAlarm(new Alarm(-1, Alarm.Type.NO_SPACE)),
            new Command.DisarmAlarm(new Alarm(5, Alarm.Type.CORRUPT)))));

    assertThat(HexFormat.of().formatHex(CommandCodec.encode(entry)))
        .isEqualTo("0101"
            + "0000000000000001000000000000000200000000000000030000000000000004" + "02"
            + "3801ffffffffffffffff"
            + "39020000000000000005");
  }

  @Test
  void aKeyIsWrittenOnceInATransaction() {
    Bytes a = Bytes.utf8("a");
    PutRequest put = PutRequest.of(a, Bytes.EMPTY);
    DeleteRequest all = new DeleteRequest(KeyRange.ALL, false);
    TxnRequest nested = new TxnRequest(List.of(), List.of(), List.of(put));

    for (List<Op> ops : List.<List<Op>>of(
        List.of(put, put),
        List.of(put, all),
        List.of(all, put),
        List.of(nested, put),
        List.of(put, nested),
        List.of(all, nested),
        List.of(nested, all))) {
      assertThatThrownBy(() -> new Command.Txn(new TxnRequest(List.of(), ops, List.of())))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new Command.Txn(new TxnRequest(List.of(), List.of(), ops)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    new Command.Txn(new TxnRequest(List.of(), List.of(put), List.of(put)));
    new Command.Txn(new TxnRequest(List.of(), List.of(all, all), List.of(put)));
    new Command.Txn(new TxnRequest(
        List.of(),
        List.of(put, new DeleteRequest(KeyRange.single(Bytes.utf8("b")), false)),
        List.of()));
  }

  @Test
  void nestingIsBounded() {
    TxnRequest deep = new TxnRequest(List.of(), List.of(), List.of());
    for (int depth = 1; depth < TxnRules.MAX_DEPTH; depth++) {
      deep = new TxnRequest(List.of(), List.of(deep), List.of());
    }
    TxnRequest deepest = deep;
    TxnRequest tooDeep = new TxnRequest(List.of(), List.of(deepest), List.of());
    byte[] entry = CommandCodec.encode(
        List.of(new CommandBatch(1, 1, 1, 0, List.of(new Command.Txn(deepest)))));

    assertThat(CommandCodec.decode(entry)).hasSize(1);
    assertThatThrownBy(() -> new Command.Txn(tooDeep)).isInstanceOf(IllegalArgumentException.class);

    byte[] other =
        CommandCodec.encode(List.of(new CommandBatch(1, 1, 1, 0, List.of(new Command.Compact(5)))));
    byte[] endless = Arrays.copyOf(other, 1_000_000);
    int at = other.length - 2;
    endless[at++] = 3; // a transaction
    while (at + 3 <= endless.length) {
      endless[at++] = 0; // without guards
      endless[at++] = 1; // and with one operation,
      endless[at++] = 4; // a transaction ...
    }
    assertThatThrownBy(() -> CommandCodec.decode(endless)).hasMessageContaining("nested deeper");
  }

  private static List<CommandBatch> randomEntry(Random random) {
    List<CommandBatch> batches = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      List<Command<?>> commands = new ArrayList<>();
      for (int j = random.nextInt(5); j > 0; j--) {
        commands.add(randomCommand(random));
      }
      batches.add(new CommandBatch(
          random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong(), commands));
    }
    return batches;
  }

  private static Command<?> randomCommand(Random random) {
    return switch (random.nextInt(18)) {
      case 0 -> new Command.Put(randomPut(random));
      case 1 -> new Command.Delete(new DeleteRequest(randomRange(random), random.nextBoolean()));
      case 2 -> randomTxn(random);
      case 3 -> new Command.Compact(number(random));
      case 4 -> new Command.GrantLease(random.nextLong() | 1, 1 + (number(random) >>> 1) / 2);
      case 5 -> new Command.RevokeLease(number(random));
      case 6 -> new Command.ExpireLease(number(random), number(random));
      case 7 ->
        new Command.CheckpointLeases(
            List.of(new Command.LeaseCheckpoint(number(random), number(random) >>> 1)));
      case 8 -> new Command.PublishMember(randomMember(random), number(random));
      case 9 -> new MembershipChange.FoundCluster(List.of(randomMember(random)));
      case 10 ->
        new MembershipChange.AddMember(
            randomMember(random), random.nextInt(5), random.nextBoolean());
      case 11 -> new MembershipChange.RemoveMember(number(random), random.nextBoolean());
      case 12 -> new MembershipChange.UpdateMember(number(random), List.of("http://a:1"));
      case 13 -> new MembershipChange.PromoteMember(number(random), random.nextBoolean());
      case 14 -> new MembershipChange.AdmitMember(List.of("http://a:1", "b"), "disk");
      case 15 -> new Command.RaiseAlarm(randomAlarm(random));
      case 16 -> new Command.DisarmAlarm(randomAlarm(random));
      default -> new MembershipChange.IntroduceMember(randomMember(random), number(random), "disk");
    };
  }

  private static Member randomMember(Random random) {
    return new Member(
        number(random), "n\u00e4me", List.of("http://a:1", ""), List.of(), random.nextBoolean());
  }

  private static Alarm randomAlarm(Random random) {
    return new Alarm(
        random.nextLong(), random.nextBoolean() ? Alarm.Type.NO_SPACE : Alarm.Type.CORRUPT);
  }

  private static Command<?> randomTxn(Random random) {
    while (true) {
      try {
        return new Command.Txn(randomTxn(random, 3));
      } catch (IllegalArgumentException twice) {
        // wrote a key twice; take another
      }
    }
  }

  private static TxnRequest randomTxn(Random random, int depth) {
    List<Compare> compares = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Compare.Target target = any(random, Compare.Target.values());
      boolean value = target == Compare.Target.VALUE;
      compares.add(new Compare(
          randomRange(random),
          target,
          any(random, Compare.Relation.values()),
          value ? 0 : number(random),
          value ? randomBytes(random) : Bytes.EMPTY));
    }
    return new TxnRequest(compares, randomOps(random, depth), randomOps(random, depth));
  }

  private static List<Op> randomOps(Random random, int depth) {
    List<Op> ops = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      ops.add(
          switch (random.nextInt(depth > 0 ? 4 : 3)) {
            case 0 -> randomPut(random);
            case 1 -> new DeleteRequest(randomRange(random), random.nextBoolean());
            case 2 ->
              new RangeRequest(
                  randomRange(random),
                  number(random),
                  number(random),
                  any(random, RangeRequest.SortOrder.values()),
                  any(random, RangeRequest.SortTarget.values()),
                  random.nextBoolean(),
                  random.nextBoolean(),
                  random.nextBoolean(),
                  number(random),
                  number(random),
                  number(random),
                  number(random));
            default -> randomTxn(random, depth - 1);
          });
    }
    return ops;
  }

  private static PutRequest randomPut(Random random) {
    return new PutRequest(
        randomKey(random),
        randomBytes(random),
        number(random),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean());
  }

  private static KeyRange randomRange(Random random) {
    return new KeyRange(randomKey(random), randomBytes(random));
  }

  private static Bytes randomKey(Random random) {
    byte[] key = new byte[1 + random.nextInt(200)];
    random.nextBytes(key);
    return Bytes.wrap(key);
  }

  private static Bytes randomBytes(Random random) {
    byte[] bytes = new byte[random.nextInt(3) * random.nextInt(300)];
    random.nextBytes(bytes);
    return Bytes.wrap(bytes);
  }

  private static <T> T any(Random random, T[] of) {
    return List.of(of).get(random.nextInt(of.length));
  }

  /** Small, large and negative. */
  private static long number(Random random) {
    return random.nextInt(3) == 0 ? 0 : random.nextLong() >> random.nextInt(64);
  }
}
