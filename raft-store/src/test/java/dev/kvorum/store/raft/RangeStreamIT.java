package dev.kvorum.store.raft;

import static dev.kvorum.store.raft.TestCluster.get;
import static dev.kvorum.store.raft.TestCluster.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.CallContext;
import dev.kvorum.store.DeleteRequest;
import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import dev.kvorum.store.PutRequest;
import dev.kvorum.store.RangePart;
import dev.kvorum.store.RangeRequest;
import dev.kvorum.store.RangeResult;
import dev.kvorum.store.RangeStream;
import dev.kvorum.store.StoreException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranges that are read part by part. */
class RangeStreamIT {
  private static final int PART_BYTES = 64 * 1024;

  @TempDir
  Path root;

  private TestCluster cluster;
  private RaftKvStore store;

  @BeforeEach
  void start() {
    cluster = new TestCluster(root, 1).startAll();
    store = cluster.store(0);
  }

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void partsGrowAndSumUpToTheRangeAsItWasWhenTheFirstOneWasRead() {
    fill(60, 3);
    RangeResult whole = get(store.range(RangeRequest.latest(KeyRange.ALL), CallContext.inline()));
    RangeStream stream = open(RangeRequest.latest(KeyRange.ALL));
    List<RangePart> parts = new ArrayList<>();
    parts.add(get(stream.next()));
    put(store, "a before all", "");
    put(store, "key 00059", "changed");
    put(store, "zz after all", "");
    get(store.delete(
        new DeleteRequest(KeyRange.single(Bytes.utf8("key 00020")), false), CallContext.inline()));

    rest(stream, parts);

    assertThat(parts).extracting(part -> part.keyValues().size()).containsExactly(10, 20, 30);
    assertThat(keyValues(parts)).isEqualTo(whole.keyValues());
    assertThat(end(parts)).isEqualTo(new RangePart.End(whole.revision(), false, 60));
  }

  @Test
  void aLimitEndsTheStreamAndTheCountIsThatOfTheWholeRange() {
    fill(60, 3);

    List<RangePart> limited = all(RangeRequest.of(KeyRange.ALL, 0, 15));
    List<RangePart> one = all(RangeRequest.of(KeyRange.ALL, 0, 10));
    List<RangePart> exact = all(RangeRequest.of(KeyRange.ALL, 0, 60));

    assertThat(limited).extracting(part -> part.keyValues().size()).containsExactly(10, 5);
    assertThat(end(limited)).isEqualTo(new RangePart.End(store.revision(), true, 60));
    assertThat(one).extracting(part -> part.keyValues().size()).containsExactly(10);
    assertThat(end(exact)).isEqualTo(new RangePart.End(store.revision(), false, 60));
  }

  @Test
  void anOldRevisionIsReadAsItWas() {
    fill(30, 3);
    long before = store.revision();
    RangeResult whole = get(store.range(RangeRequest.latest(KeyRange.ALL), CallContext.inline()));
    fill(40, 5);

    List<RangePart> parts = all(RangeRequest.of(KeyRange.ALL, before, 0));

    assertThat(keyValues(parts)).isEqualTo(whole.keyValues());
    assertThat(end(parts)).isEqualTo(new RangePart.End(store.revision(), false, 30));
    assertThatThrownBy(() -> all(RangeRequest.of(KeyRange.ALL, store.revision() + 1, 0)))
        .hasMessageContaining("FUTURE_REVISION");
  }

  @Test
  void nothingAndACountAreOnePart() {
    fill(12, 3);

    assertThat(all(RangeRequest.latest(KeyRange.single(Bytes.utf8("nothing")))))
        .containsExactly(new RangePart(List.of(), new RangePart.End(store.revision(), false, 0)));
    RangeRequest count = new RangeRequest(
        KeyRange.ALL,
        0,
        3,
        RangeRequest.SortOrder.NONE,
        RangeRequest.SortTarget.KEY,
        true,
        false,
        true,
        0,
        0,
        0,
        0);
    assertThat(all(count))
        .containsExactly(new RangePart(List.of(), new RangePart.End(store.revision(), false, 12)));
  }

  /** Small values make parts grow; then come large ones, and a part must not hold thousands of them. */
  @Test
  void aPartStaysSmallWhenValuesSuddenlyGrow() {
    fill(3000, 3);
    List<CompletableFuture<?>> puts = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      puts.add(store.put(
          PutRequest.of(Bytes.utf8("large %05d".formatted(i)), Bytes.wrap(new byte[10_000])),
          CallContext.inline()));
    }
    puts.forEach(TestCluster::get);

    List<RangePart> parts = all(RangeRequest.latest(KeyRange.ALL));

    assertThat(keyValues(parts)).hasSize(3400);
    assertThat(parts)
        .allSatisfy(part -> assertThat(bytes(part)).isLessThan(2 * PART_BYTES + 11_000));
    assertThat(parts.subList(0, parts.size() - 1))
        .allSatisfy(part -> assertThat(part.keyValues()).isNotEmpty());
  }

  @Test
  void compactionThatPassesTheRevisionEndsTheStream() {
    fill(100, 3);
    RangeStream stream = open(RangeRequest.latest(KeyRange.ALL));
    get(stream.next());
    put(store, "key 00000", "changed");
    get(store.compact(store.revision(), true, CallContext.inline()));

    assertThatThrownBy(() -> stream.next().get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseInstanceOf(StoreException.class)
        .hasMessageContaining("COMPACTED");
  }

  private void fill(int keys, int valueBytes) {
    List<CompletableFuture<?>> puts = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      puts.add(store.put(
          PutRequest.of(Bytes.utf8("key %05d".formatted(i)), Bytes.wrap(new byte[valueBytes])),
          CallContext.inline()));
    }
    puts.forEach(TestCluster::get);
  }

  private RangeStream open(RangeRequest request) {
    return store.rangeStream(request, PART_BYTES, CallContext.inline());
  }

  private List<RangePart> all(RangeRequest request) {
    List<RangePart> parts = new ArrayList<>();
    rest(open(request), parts);
    return parts;
  }

  private static void rest(RangeStream stream, List<RangePart> parts) {
    while (parts.isEmpty() || parts.getLast().end() == null) {
      parts.add(get(stream.next()));
    }
    stream.close();
  }

  private static RangePart.End end(List<RangePart> parts) {
    assertThat(parts.subList(0, parts.size() - 1)).allMatch(part -> part.end() == null);
    return Objects.requireNonNull(parts.getLast().end());
  }

  private static List<KeyValue> keyValues(List<RangePart> parts) {
    return parts.stream().flatMap(part -> part.keyValues().stream()).toList();
  }

  private static long bytes(RangePart part) {
    return part.keyValues().stream().mapToLong(each -> each.encoded().length).sum();
  }
}
