package dev.kvorum.store.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvorum.store.Event;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.LeaseGrant;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.StoreException;
import dev.kvorum.store.TxnRequest;
import dev.kvorum.store.command.Command;
import dev.kvorum.store.command.CommandBatch;
import dev.kvorum.store.command.CommandCodec;
import dev.kvorum.store.lease.Lease;
import dev.kvorum.store.mvcc.HistoryPage;
import dev.kvorum.store.mvcc.RangePage;
import dev.kvorum.store.mvcc.View;
import dev.kvorum.store.testing.InMemoryEngine;
import dev.kvorum.store.testing.ReferenceStore;
import dev.kvorum.store.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The applier answers as the reference does, field by field, whatever it is asked, whenever compacted data is removed and
 * wherever it is closed, crashed and opened again.
 *
 * <p>Method: one seed makes one sequence. {@code -Dseed=} replays one, {@code -Dseeds=} searches more.
 */
class ApplierModelTest {
  private static final long TERM = 3;

  static LongStream seeds() {
    return Seeds.all();
  }

  @ParameterizedTest(name = "seed={0}")
  @MethodSource("seeds")
  void agreesWithTheReference(long seed) {
    Random random = new Random(seed);
    int moreKeys = random.nextInt(4) == 0 ? 200 : 0;
    Workload workload = new Workload(random, moreKeys);
    ReferenceStore reference = new ReferenceStore();
    InMemoryEngine engine = new InMemoryEngine();
    ApplyConfig config = new ApplyConfig(
        List.of(0L, 20_000L, 1L << 20).get(random.nextInt(3)),
        List.of(0, 600, 10_000).get(random.nextInt(3)),
        rows -> {});
    Applier applier = Applier.open(engine, config);
    long index = 0;
    long sequence = 0;
    for (int step = 0; step < 60; step++) {
      List<Command<?>> commands = new ArrayList<>();
      List<Object> expected = new ArrayList<>();
      List<Event> events = new ArrayList<>();
      for (int i = 1 + random.nextInt(moreKeys > 0 ? 20 : 4); i > 0; i--) {
        Command<?> command =
            step < moreKeys / 10 ? workload.fill() : workload.command(reference.revision(), TERM);
        commands.add(command);
        long before = reference.revision();
        expected.add(outcome(() -> run(reference, command)));
        if (reference.revision() > before) {
          events.addAll(reference.history(reference.revision(), KeyRange.ALL));
        }
      }
      CommandBatch batch = new CommandBatch(1, 1, ++sequence, 0, commands);
      AppliedEntry entry =
          applier.apply(TERM, ++index, CommandCodec.decode(CommandCodec.encode(List.of(batch))));

      assertThat(entry.batches().getFirst().results().stream().map(ApplierModelTest::comparable))
          .containsExactlyElementsOf(expected);
      assertThat(texts(entry.events())).isEqualTo(texts(events));
      assertThat(entry.revision()).isEqualTo(reference.revision());
      check(applier, reference, workload, random);

      switch (random.nextInt(8)) {
        case 0 -> applier.compactStep(1 + random.nextInt(10));
        case 1 -> applier.flush();
        case 2 -> {
          engine.flush();
          engine = engine.crashImage();
          applier = Applier.open(engine, config);
          check(applier, reference, workload, random);
        }
        default -> {}
      }
    }
    while (!applier.compactStep(7).finished()) {
      check(applier, reference, workload, random);
    }
    check(applier, reference, workload, random);
  }

  private static Object run(ReferenceStore reference, Command<?> command) {
    return switch (command) {
      case Command.Put put -> reference.put(put.request());
      case Command.Delete delete -> reference.delete(delete.request());
      case Command.Txn txn -> reference.txn(txn.request());
      case Command.Compact compact -> reference.compact(compact.revision());
      case Command.GrantLease grant -> {
        reference.grant(grant.id(), grant.ttlSeconds());
        yield new LeaseGrant(reference.revision(), grant.id(), grant.ttlSeconds());
      }
      case Command.RevokeLease revoke -> reference.revoke(revoke.id());
      case Command.ExpireLease expire -> {
        if (expire.term() != TERM) {
          throw StoreException.of(StoreException.Kind.NOT_LEADER);
        }
        yield reference.revoke(expire.id());
      }
      case Command.CheckpointLeases checkpoint -> throw new IllegalArgumentException();
      case Command.PublishMember publish -> throw new IllegalArgumentException();
      case Command.As<?> as -> throw new IllegalArgumentException();
      case Command.ChangeAuth change -> throw new IllegalArgumentException();
      case Command.IssueToken issue -> throw new IllegalArgumentException();
      case Command.MembershipChange<?> change -> throw new IllegalArgumentException();
      case Command.RaiseAlarm raise -> throw new IllegalArgumentException();
      case Command.DisarmAlarm disarm -> throw new IllegalArgumentException();
    };
  }

  /** Reads that must agree at any time. */
  private static void check(
      Applier applier, ReferenceStore reference, Workload workload, Random random) {
    View view = applier.view();
    assertThat(view.revision()).isEqualTo(reference.revision());
    assertThat(view.compactRevision()).isEqualTo(reference.compactRevision());
    for (int i = 0; i < 6; i++) {
      RangeRequest request = workload.rangeRequest(reference.revision());
      assertThat(outcome(() -> view.range(request)))
          .as("%s", request)
          .isEqualTo(outcome(() -> reference.range(request)));
    }
    TxnRequest txn = workload.txn(reference.revision(), 0);
    if (txn.isReadOnly()) {
      assertThat(outcome(() -> view.readOnlyTxn(txn)))
          .as("%s", txn)
          .isEqualTo(outcome(() -> reference.txn(txn)));
    }
    checkPages(view, reference, workload, random);
    checkHistory(view, reference, workload, random);
    assertThat(applier.leases().all().stream().map(Lease::id))
        .containsExactlyElementsOf(reference.leases().keySet());
    for (long lease : reference.leases().keySet()) {
      assertThat(applier.leases().keys(lease)).containsExactlyElementsOf(reference.keys(lease));
    }
  }

  private static void checkPages(
      View view, ReferenceStore reference, Workload workload, Random random) {
    KeyRange range = workload.range();
    long lowest = Math.max(1, reference.compactRevision());
    long revision = lowest + random.nextLong(reference.revision() - lowest + 1);
    List<KeyValue> paged = new ArrayList<>();
    KeyRange rest = range;
    while (rest != null) {
      RangePage page = view.page(rest, revision, 1 + random.nextInt(4), random.nextInt(60), false);
      paged.addAll(page.keyValues());
      rest = page.rest();
    }

    var whole = reference.range(RangeRequest.of(range, revision, 0));
    assertThat(paged).isEqualTo(whole.keyValues());
    assertThat(view.count(range, revision)).isEqualTo(whole.count());
  }

  private static void checkHistory(
      View view, ReferenceStore reference, Workload workload, Random random) {
    KeyRange range = workload.range();
    long from = Math.max(1, reference.revision() - random.nextInt(30));
    if (from < reference.compactRevision()) {
      assertThat(outcome(
              () -> view.readHistory(range::contains, from, reference.revision(), 10, 1000)))
          .isEqualTo("COMPACTED " + reference.compactRevision());
      return;
    }
    List<String> read = new ArrayList<>();
    long next = from;
    while (next <= reference.revision()) {
      HistoryPage page = view.readHistory(
          range::contains, next, reference.revision(), 1 + random.nextInt(4), random.nextInt(200));
      assertThat(page.nextRevision()).isGreaterThan(next);
      read.addAll(texts(page.events()));
      next = page.nextRevision();
    }
    List<Event> expected = new ArrayList<>();
    for (long revision = from; revision <= reference.revision(); revision++) {
      expected.addAll(reference.history(revision, range));
    }
    assertThat(read).isEqualTo(texts(expected));
  }

  /** Events have no equality of their own; their text shows every field. */
  private static List<String> texts(List<Event> events) {
    return events.stream().map(Event::toString).toList();
  }

  private static Object outcome(Supplier<Object> call) {
    try {
      return call.get();
    } catch (StoreException refusal) {
      return comparable(refusal);
    }
  }

  private static Object comparable(Object result) {
    return result instanceof StoreException refusal
        ? refusal.kind() + " " + refusal.compactRevision()
        : result;
  }
}
