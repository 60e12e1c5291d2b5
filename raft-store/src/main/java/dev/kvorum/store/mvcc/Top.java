package dev.kvorum.store.mvcc;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The first few of many in some order, without holding the others. Equal ones count in the order in which they came.
 *
 * @param <T> what is ordered
 */
final class Top<T> {
  private record Ranked<T>(T item, long arrival) {}

  private final Comparator<Ranked<T>> order;
  private final int limit;
  private final PriorityQueue<Ranked<T>> lastFirst;
  private long seen;

  /** @param limit how many to keep, at least one */
  Top(Comparator<T> order, int limit) {
    this.order = Comparator.comparing((Ranked<T> ranked) -> ranked.item(), order)
        .thenComparingLong(Ranked::arrival);
    this.limit = limit;
    this.lastFirst = new PriorityQueue<>(Collections.reverseOrder(this.order));
  }

  void add(T item) {
    Ranked<T> ranked = new Ranked<>(item, seen++);
    if (lastFirst.size() < limit) {
      lastFirst.add(ranked);
    } else if (order.compare(ranked, lastFirst.element()) < 0) {
      lastFirst.remove();
      lastFirst.add(ranked);
    }
  }

  /** Whether there were more than are kept. */
  boolean more() {
    return seen > limit;
  }

  /** Those kept, in order. */
  List<T> inOrder() {
    List<Ranked<T>> kept = new ArrayList<>(lastFirst);
    kept.sort(order);
    List<T> items = new ArrayList<>(kept.size());
    for (Ranked<T> each : kept) {
      items.add(each.item());
    }
    return items;
  }
}
