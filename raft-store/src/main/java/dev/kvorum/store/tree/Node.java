package dev.kvorum.store.tree;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A node of a {@link SortedTree}.
 *
 * <p>Mutable only while {@link #edit} is the token of the editor in progress: nodes made by that editor are not reachable
 * from any published tree.
 */
abstract sealed class Node {
  /** Most slots of a leaf and most children of an inner node. Not above 64: a leaf's counted slots are bits of a long. */
  static final int CAPACITY = 64;

  /** Below this size a node is merged with a neighbour if both fit in one. */
  static final int SPARSE = CAPACITY / 4;

  /** The editor that made this node. */
  final Object edit;

  /** Slots or children in use. */
  int size;

  /** Counted slots in this subtree. */
  int counted;

  Node(Object edit) {
    this.edit = edit;
  }

  /** Keys with their values. */
  static final class Leaf extends Node {
    final byte[][] keys;
    final SortedTree.Slot[] values;

    /** Bit i: slot i is counted. */
    long mask;

    Leaf(Object edit) {
      super(edit);
      keys = new byte[CAPACITY][];
      values = new SortedTree.Slot[CAPACITY];
    }

    private Leaf(Object edit, Leaf from) {
      super(edit);
      keys = from.keys.clone();
      values = from.values.clone();
      size = from.size;
      mask = from.mask;
      counted = from.counted;
    }

    Leaf copy(Object newEdit) {
      return new Leaf(newEdit, this);
    }

    /** The position of {@code key}, or {@code -(insertion point) - 1}. */
    int find(byte[] key) {
      return search(keys, 0, size, key);
    }

    /** The first position whose key is not below {@code key}. */
    int lowerBound(byte[] key) {
      int found = find(key);
      return found >= 0 ? found : -found - 1;
    }

    void set(int at, SortedTree.Slot value) {
      values[at] = value;
      long bit = 1L << at;
      mask = value.isCounted() ? mask | bit : mask & ~bit;
      counted = Long.bitCount(mask);
    }

    void insert(int at, byte[] key, SortedTree.Slot value) {
      System.arraycopy(keys, at, keys, at + 1, size - at);
      System.arraycopy(values, at, values, at + 1, size - at);
      long below = (1L << at) - 1;
      mask = (mask & below) | ((mask & ~below) << 1);
      keys[at] = key;
      size++;
      set(at, value);
    }

    @SuppressWarnings("NullAway") // unused slots are null
    void remove(int at) {
      System.arraycopy(keys, at + 1, keys, at, size - at - 1);
      System.arraycopy(values, at + 1, values, at, size - at - 1);
      size--;
      keys[size] = null;
      values[size] = null;
      long below = (1L << at) - 1;
      mask = (mask & below) | ((mask >>> 1) & ~below);
      counted = Long.bitCount(mask);
    }

    /** Moves the slots from {@code at} on to a new leaf. */
    @SuppressWarnings("NullAway")
    Leaf splitAt(int at) {
      Leaf right = new Leaf(edit);
      right.size = size - at;
      System.arraycopy(keys, at, right.keys, 0, right.size);
      System.arraycopy(values, at, right.values, 0, right.size);
      right.mask = mask >>> at;
      right.counted = Long.bitCount(right.mask);
      Arrays.fill(keys, at, size, null);
      Arrays.fill(values, at, size, null);
      size = at;
      mask &= (1L << at) - 1;
      counted = Long.bitCount(mask);
      return right;
    }

    void append(Leaf right) {
      System.arraycopy(right.keys, 0, keys, size, right.size);
      System.arraycopy(right.values, 0, values, size, right.size);
      mask |= right.mask << size;
      size += right.size;
      counted = Long.bitCount(mask);
    }
  }

  /**
   * Children, divided by keys: every key under child i is at least {@code keys[i]} (i &gt; 0) and below {@code
   * keys[i + 1]}.
   */
  static final class Inner extends Node {
    /** {@code keys[0]} has no meaning. */
    final byte[] @Nullable [] keys;

    final Node[] children;

    /** Counted slots under each child; beside the children, so that counting does not touch them. */
    final int[] counts;

    Inner(Object edit) {
      super(edit);
      keys = new byte[CAPACITY][];
      children = new Node[CAPACITY];
      counts = new int[CAPACITY];
    }

    private Inner(Object edit, Inner from) {
      super(edit);
      keys = from.keys.clone();
      children = from.children.clone();
      counts = from.counts.clone();
      size = from.size;
      counted = from.counted;
    }

    Inner copy(Object newEdit) {
      return new Inner(newEdit, this);
    }

    /** The child that holds {@code key} if any does. */
    int childFor(byte[] key) {
      int found = search(keys, 1, size, key);
      return found >= 0 ? found : -found - 2;
    }

    /** Takes over child {@code at}'s count after it changed. */
    void recount(int at) {
      int now = children[at].counted;
      counted += now - counts[at];
      counts[at] = now;
    }

    void insert(int at, byte @Nullable [] key, Node child) {
      System.arraycopy(keys, at, keys, at + 1, size - at);
      System.arraycopy(children, at, children, at + 1, size - at);
      System.arraycopy(counts, at, counts, at + 1, size - at);
      keys[at] = key;
      children[at] = child;
      counts[at] = child.counted;
      counted += child.counted;
      size++;
    }

    @SuppressWarnings("NullAway") // unused slots are null
    void remove(int at) {
      counted -= counts[at];
      System.arraycopy(keys, at + 1, keys, at, size - at - 1);
      System.arraycopy(children, at + 1, children, at, size - at - 1);
      System.arraycopy(counts, at + 1, counts, at, size - at - 1);
      size--;
      keys[size] = null;
      children[size] = null;
    }

    /** Moves the children from {@code at} on to a new node, whose {@code keys[0]} divides the two. */
    @SuppressWarnings("NullAway")
    Inner splitAt(int at) {
      Inner right = new Inner(edit);
      for (int i = at; i < size; i++) {
        right.insert(i - at, keys[i], children[i]);
        counted -= counts[i];
      }
      Arrays.fill(keys, at, size, null);
      Arrays.fill(children, at, size, null);
      size = at;
      return right;
    }

    void append(byte @Nullable [] divider, Inner right) {
      for (int i = 0; i < right.size; i++) {
        insert(size, i == 0 ? divider : right.keys[i], right.children[i]);
      }
    }
  }

  private static int search(byte[] @Nullable [] keys, int from, int to, byte[] key) {
    int low = from;
    int high = to - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      byte[] probe = keys[middle];
      int order = probe == null ? 1 : Arrays.compareUnsigned(probe, key);
      if (order < 0) {
        low = middle + 1;
      } else if (order > 0) {
        high = middle - 1;
      } else {
        return middle;
      }
    }
    return -low - 1;
  }
}
