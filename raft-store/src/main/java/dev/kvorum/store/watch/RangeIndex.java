package dev.kvorum.store.watch;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.KeyRange;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of keys, each with a value; says which of them contain a key.
 *
 * <p>A search tree by range start (a treap: random priorities keep it shallow) in which every node also knows the highest
 * end below it. So a lookup leaves out every subtree that ends before the key and every one that starts after it: its
 * cost grows with the ranges that match, and with the logarithm of those that do not. Confined to one thread.
 */
final class RangeIndex<V> {
  private static final class Node<V> {
    final KeyRange range;
    final V value;
    final long priority;

    @Nullable
    Node<V> left;

    @Nullable
    Node<V> right;

    /** The highest end in this subtree; null if one has none. */
    @Nullable
    Bytes maxEnd;

    Node(KeyRange range, V value, long priority) {
      this.range = range;
      this.value = value;
      this.priority = priority;
      maxEnd = end(range);
    }

    void update() {
      maxEnd = end(range);
      if (left != null) {
        maxEnd = higher(maxEnd, left.maxEnd);
      }
      if (right != null) {
        maxEnd = higher(maxEnd, right.maxEnd);
      }
    }
  }

  private final SplittableRandom priorities = new SplittableRandom(1);
  private @Nullable Node<V> root;

  private static @Nullable Bytes end(KeyRange range) {
    return range.isOpenEnded() ? null : range.rangeEnd();
  }

  private static @Nullable Bytes higher(@Nullable Bytes one, @Nullable Bytes other) {
    if (one == null || other == null) {
      return null;
    }
    return one.compareTo(other) >= 0 ? one : other;
  }

  private static int compare(KeyRange one, KeyRange other) {
    int byKey = one.key().compareTo(other.key());
    return byKey != 0 ? byKey : one.rangeEnd().compareTo(other.rangeEnd());
  }

  boolean isEmpty() {
    return root == null;
  }

  @Nullable
  V get(KeyRange range) {
    Node<V> node = root;
    while (node != null) {
      int order = compare(range, node.range);
      if (order == 0) {
        return node.value;
      }
      node = order < 0 ? node.left : node.right;
    }
    return null;
  }

  /** Adds a range that is not in here. */
  void add(KeyRange range, V value) {
    root = insert(root, new Node<>(range, value, priorities.nextLong()));
  }

  private static <V> Node<V> insert(@Nullable Node<V> tree, Node<V> added) {
    if (tree == null) {
      return added;
    }
    int order = compare(added.range, tree.range);
    if (order == 0) {
      throw new IllegalStateException("range " + added.range + " is in the index already");
    }
    if (order < 0) {
      Node<V> left = insert(tree.left, added);
      tree.left = left;
      if (left.priority > tree.priority) {
        tree.left = left.right;
        left.right = tree;
        tree.update();
        tree = left;
      }
    } else {
      Node<V> right = insert(tree.right, added);
      tree.right = right;
      if (right.priority > tree.priority) {
        tree.right = right.left;
        right.left = tree;
        tree.update();
        tree = right;
      }
    }
    tree.update();
    return tree;
  }

  /** Removes a range, if it is in here. */
  void remove(KeyRange range) {
    root = remove(root, range);
  }

  private static <V> @Nullable Node<V> remove(@Nullable Node<V> tree, KeyRange range) {
    if (tree == null) {
      return null;
    }
    int order = compare(range, tree.range);
    if (order == 0) {
      return join(tree.left, tree.right);
    }
    if (order < 0) {
      tree.left = remove(tree.left, range);
    } else {
      tree.right = remove(tree.right, range);
    }
    tree.update();
    return tree;
  }

  /** One tree of two, of which the first is before the second. */
  private static <V> @Nullable Node<V> join(@Nullable Node<V> before, @Nullable Node<V> after) {
    if (before == null) {
      return after;
    }
    if (after == null) {
      return before;
    }
    if (before.priority > after.priority) {
      before.right = join(before.right, after);
      before.update();
      return before;
    }
    after.left = join(before, after.left);
    after.update();
    return after;
  }

  /** Whether a range contains {@code key}. */
  boolean covers(Bytes key) {
    return covers(root, key);
  }

  private static <V> boolean covers(@Nullable Node<V> tree, Bytes key) {
    for (Node<V> node = tree; node != null; node = node.right) {
      if (node.maxEnd != null && node.maxEnd.compareTo(key) <= 0) {
        return false;
      }
      if (covers(node.left, key)) {
        return true;
      }
      if (node.range.key().compareTo(key) > 0) {
        return false;
      }
      if (node.range.contains(key)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Passes the value of every range that contains {@code key} to {@code visitor}, which must not change the index.
   *
   * @return nodes looked at; what tests measure cost by
   */
  int forEachContaining(Bytes key, Consumer<? super V> visitor) {
    return visit(root, key, visitor);
  }

  private static <V> int visit(@Nullable Node<V> tree, Bytes key, Consumer<? super V> visitor) {
    int looked = 0;
    for (Node<V> node = tree; node != null; node = node.right) {
      looked++;
      if (node.maxEnd != null && node.maxEnd.compareTo(key) <= 0) {
        break; // all of it ends before the key
      }
      looked += visit(node.left, key, visitor);
      if (node.range.key().compareTo(key) > 0) {
        break; // it and all to the right start after the key
      }
      if (node.range.contains(key)) {
        visitor.accept(node.value);
      }
    }
    return looked;
  }
}
