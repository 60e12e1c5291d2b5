package dev.kvorum.store.apply;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.Compare;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.Op;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.command.Command;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random commands and reads over few keys, so that they meet. One seed makes one sequence.
 *
 * <p>Keys have zero bytes and 0xff in them, because those are where encodings and range ends go wrong.
 */
final class Workload {
  private static final List<Bytes> KEYS = List.of(
      Bytes.utf8("a"),
      Bytes.wrap(new byte[] {'a', 0}),
      Bytes.wrap(new byte[] {'a', 0, 1}),
      Bytes.wrap(new byte[] {'a', 0, (byte) 0xff}),
      Bytes.wrap(new byte[] {'a', 1}),
      Bytes.utf8("aa"),
      Bytes.utf8("ab"),
      Bytes.utf8("b"),
      Bytes.utf8("ba"),
      Bytes.utf8("c"),
      Bytes.wrap(new byte[] {0}),
      Bytes.wrap(new byte[] {(byte) 0xff}),
      Bytes.wrap(new byte[] {(byte) 0xff, (byte) 0xff}));

  private static final List<Long> LEASES = List.of(1L, 2L, 16L, -5L, Long.MAX_VALUE, -1L);

  private final Random random;
  private final List<Bytes> keys;

  /** @param moreKeys how many ordinary keys there are beside the odd ones */
  Workload(Random random, int moreKeys) {
    this.random = random;
    keys = new ArrayList<>(KEYS);
    for (int i = 0; i < moreKeys; i++) {
      keys.add(Bytes.utf8("k/" + i));
    }
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  Bytes key() {
    return any(keys);
  }

  long lease() {
    return any(LEASES);
  }

  KeyRange range() {
    return switch (random.nextInt(6)) {
      case 0 -> KeyRange.ALL;
      case 1 -> KeyRange.from(key());
      case 2 -> KeyRange.prefix(key());
      case 3 -> new KeyRange(key(), key());
      default -> KeyRange.single(key());
    };
  }

  private Bytes value() {
    return Bytes.utf8(Integer.toString(random.nextInt(4)).repeat(random.nextInt(3)));
  }

  PutRequest put() {
    boolean ignoreValue = chance(5);
    boolean ignoreLease = chance(5);
    return new PutRequest(
        key(),
        ignoreValue ? Bytes.EMPTY : value(),
        ignoreLease || chance(70) ? 0 : lease(),
        chance(40),
        ignoreValue,
        ignoreLease);
  }

  DeleteRequest delete() {
    boolean single =
        chance(keys.size() > KEYS.size() ? 95 : 60); // or there would never be many keys
    return new DeleteRequest(single ? KeyRange.single(key()) : range(), chance(50));
  }

  /** @param revision the store's revision */
  RangeRequest rangeRequest(long revision) {
    return new RangeRequest(
        chance(50) ? KeyRange.ALL : range(),
        revision(revision),
        chance(50) ? 0 : random.nextInt(6) - 1,
        any(List.of(RangeRequest.SortOrder.values())),
        any(List.of(RangeRequest.SortTarget.values())),
        chance(50),
        chance(15),
        chance(10),
        bound(revision),
        bound(revision),
        bound(revision),
        bound(revision));
  }

  /** Mostly the latest or a past revision; sometimes one that must be refused. */
  private long revision(long now) {
    return switch (random.nextInt(10)) {
      case 0 -> -1;
      case 1 -> now + 1 + random.nextInt(2);
      case 2 -> now;
      case 3, 4, 5 -> 1 + random.nextLong(now);
      case 6 -> Math.max(1, now - random.nextInt(5));
      default -> 0;
    };
  }

  private long bound(long revision) {
    return chance(85) ? 0 : 1 + random.nextLong(revision + 1);
  }

  TxnRequest txn(long revision, int depth) {
    List<Compare> compares = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Compare.Target target = any(List.of(Compare.Target.values()));
      compares.add(new Compare(
          range(),
          target,
          any(List.of(Compare.Relation.values())),
          target == Compare.Target.VALUE
              ? 0
              : target == Compare.Target.LEASE
                  ? (chance(50) ? 0 : lease())
                  : random.nextLong(chance(50) ? 3 : revision + 1),
          target == Compare.Target.VALUE ? value() : Bytes.EMPTY));
    }
    return new TxnRequest(compares, ops(revision, depth), ops(revision, depth));
  }

  private List<Op> ops(long revision, int depth) {
    List<Op> ops = new ArrayList<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      ops.add(
          switch (random.nextInt(depth > 0 ? 9 : 8)) {
            case 0, 1, 2, 3 -> put();
            case 4, 5 -> delete();
            case 6, 7 -> rangeRequest(revision);
            default -> txn(revision, depth - 1);
          });
    }
    return ops;
  }

  /** A put of a key that is likely to be new. */
  Command<?> fill() {
    return new Command.Put(PutRequest.of(any(keys), value()));
  }

  /**
   * A command on a store at {@code revision}.
   *
   * @param term the term that the entry will have, mostly
   */
  Command<?> command(long revision, long term) {
    while (true) {
      try {
        return switch (random.nextInt(20)) {
          case 0, 1, 2, 3, 4, 5, 6 -> new Command.Put(put());
          case 7, 8, 9 -> new Command.Delete(delete());
          case 10, 11, 12, 13, 14 -> new Command.Txn(txn(revision, 2));
          case 15 ->
            new Command.Compact(
                chance(20) ? revision + 1 : Math.max(-1, revision - random.nextInt(20)));
          case 16, 17 -> new Command.GrantLease(lease(), 1 + random.nextInt(100));
          case 18 -> new Command.RevokeLease(lease());
          default -> new Command.ExpireLease(lease(), chance(80) ? term : term - 1);
        };
      } catch (IllegalArgumentException twice) {
        // a transaction that writes a key twice cannot be made; take another
      }
    }
  }
}
