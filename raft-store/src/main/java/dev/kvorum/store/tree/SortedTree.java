package dev.kvorum.store.tree;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map from byte strings (unsigned order) that can say in O(log n) how many of its counted values lie
 * in a range: a B+tree whose changed nodes are copied, so that every version of the map stays as it was.
 *
 * <p>Worked example: a tree of 1 000 000 keys has three levels. An {@link Editor} that changes 500 of them copies each
 * node on their paths once (at most about 1000 of 22 000), changes the copies in place and shares the rest. A reader
 * that took the tree before keeps the old nodes; they are garbage once the last such reader is gone.
 *
 * <p>Thread-safe because it is immutable; must be published safely. Key arrays are shared and must not be changed.
 *
 * @param <V> what keys map to
 */
public final class SortedTree<V extends SortedTree.Slot> {
  /** What a key maps to. */
  public interface Slot {
    /** Whether it is counted; must never change. */
    boolean isCounted();
  }

  final @Nullable Node root;

  SortedTree(@Nullable Node root) {
    this.root = root;
  }

  /** A tree with no keys. */
  public static <V extends Slot> SortedTree<V> empty() {
    return new SortedTree<>(null);
  }

  /** The value of {@code key}, or null. */
  @SuppressWarnings("unchecked")
  public @Nullable V get(byte[] key) {
    Node node = root;
    while (node instanceof Node.Inner inner) {
      node = inner.children[inner.childFor(key)];
    }
    if (node == null) {
      return null;
    }
    Node.Leaf leaf = (Node.Leaf) node;
    int at = leaf.find(key);
    return at < 0 ? null : (V) leaf.values[at];
  }

  /** All counted values. */
  public int count() {
    return root == null ? 0 : root.counted;
  }

  /**
   * The counted values with {@code from <= key < to}.
   *
   * @param to null for no bound
   */
  public int count(byte[] from, byte @Nullable [] to) {
    int below = countBelow(from);
    return Math.max(0, (to == null ? count() : countBelow(to)) - below);
  }

  private int countBelow(byte[] key) {
    int below = 0;
    Node node = root;
    while (node instanceof Node.Inner inner) {
      int child = inner.childFor(key);
      for (int i = 0; i < child; i++) {
        below += inner.counts[i];
      }
      node = inner.children[child];
    }
    if (node == null) {
      return 0;
    }
    Node.Leaf leaf = (Node.Leaf) node;
    int at = leaf.lowerBound(key);
    return below + Long.bitCount(at == 64 ? leaf.mask : leaf.mask & ((1L << at) - 1));
  }

  /**
   * A cursor over {@code from <= key < to}, before the first.
   *
   * @param to null for no bound
   */
  public Cursor<V> cursor(byte[] from, byte @Nullable [] to) {
    return new Cursor<>(root, from, to);
  }

  /** Begins a changed copy. */
  public Editor<V> edit() {
    return new Editor<>(this);
  }

  /**
   * A position in a tree, ascending. Not thread-safe.
   *
   * @param <V> what keys map to
   */
  public static final class Cursor<V extends Slot> {
    private static final int MAX_HEIGHT =
        16; // of nodes with at least 2 children: more keys than memory holds

    private final Node.@Nullable Inner[] path = new Node.Inner[MAX_HEIGHT];
    private final int[] positions = new int[MAX_HEIGHT];
    private final byte @Nullable [] to;
    private int depth;
    private Node.@Nullable Leaf leaf;
    private int at;
    private int end;

    Cursor(@Nullable Node root, byte[] from, byte @Nullable [] to) {
      this.to = to;
      if (root != null) {
        Node node = root;
        while (node instanceof Node.Inner inner) {
          int child = inner.childFor(from);
          push(inner, child);
          node = inner.children[child];
        }
        enter((Node.Leaf) node);
        at = ((Node.Leaf) node).lowerBound(from) - 1;
      }
    }

    /** Moves to the next key; false at the end, and from then on. */
    public boolean next() {
      while (leaf != null) {
        if (++at < end) {
          return true;
        }
        advanceLeaf();
      }
      return false;
    }

    /** The current key; must not be changed. */
    public byte[] key() {
      return current().keys[at];
    }

    @SuppressWarnings("unchecked")
    public V value() {
      return (V) current().values[at];
    }

    private Node.Leaf current() {
      Node.Leaf current = leaf;
      if (current == null) {
        throw new NoSuchElementException();
      }
      return current;
    }

    private void advanceLeaf() {
      if (leaf != null && end < leaf.size) {
        leaf = null; // the bound was inside this leaf
        return;
      }
      while (depth > 0) {
        Node.Inner parent = path[depth - 1];
        int next = ++positions[depth - 1];
        if (parent != null && next < parent.size) {
          Node node = parent.children[next];
          while (node instanceof Node.Inner inner) {
            push(inner, 0);
            node = inner.children[0];
          }
          enter((Node.Leaf) node);
          return;
        }
        depth--;
      }
      leaf = null;
    }

    private void push(Node.Inner inner, int position) {
      path[depth] = inner;
      positions[depth] = position;
      depth++;
    }

    private void enter(Node.Leaf entered) {
      leaf = entered;
      at = -1;
      end = to == null ? entered.size : entered.lowerBound(to);
    }
  }
}
