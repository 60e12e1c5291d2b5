package dev.kvorum.store.tree;

import org.jspecify.annotations.Nullable;

/**
 * A tree that is being changed. Not thread-safe.
 *
 * <p>Invariant: a node whose {@code edit} is this editor's current token was made since the last {@link #freeze} and is
 * reachable from nowhere else; every other node is never written to.
 *
 * @param <V> what keys map to
 */
public final class Editor<V extends SortedTree.Slot> {
  private @Nullable Node root;
  private Object edit = new Object();
  private @Nullable SortedTree<V> current;

  /** Out of the last insertion: the new right neighbour of the node inserted into, and the key that divides the two. */
  private @Nullable Node splitNode;

  private byte @Nullable [] splitKey;

  Editor(SortedTree<V> tree) {
    this.root = tree.root;
    this.current = tree;
  }

  /** The tree as it is now; only to be read before the next change. */
  public SortedTree<V> current() {
    SortedTree<V> tree = current;
    if (tree == null) {
      tree = new SortedTree<>(root);
      current = tree;
    }
    return tree;
  }

  /** The tree as it is now, unaffected by later changes. */
  public SortedTree<V> freeze() {
    edit = new Object();
    return current();
  }

  /** Maps {@code key} to {@code value}; keeps the array of a key that is there already. */
  public void put(byte[] key, V value) {
    current = null;
    if (root == null) {
      Node.Leaf leaf = new Node.Leaf(edit);
      leaf.insert(0, key, value);
      root = leaf;
      return;
    }
    Node top = editable(root);
    insert(top, key, value);
    root = top;
    Node right = splitNode;
    if (right != null) {
      Node.Inner grown = new Node.Inner(edit);
      grown.insert(0, null, top);
      grown.insert(1, splitKey, right);
      root = grown;
      splitNode = null;
    }
  }

  /** Removes {@code key}; false if it was not there. */
  public boolean remove(byte[] key) {
    if (current().get(key) == null || root == null) {
      return false;
    }
    current = null;
    Node top = editable(root);
    delete(top, key);
    while (top instanceof Node.Inner inner && inner.size == 1) {
      top = inner.children[0];
    }
    root = top.size == 0 ? null : top;
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // a token is nothing but its identity
  private Node editable(Node node) {
    if (node.edit == edit) {
      return node;
    }
    return switch (node) {
      case Node.Leaf leaf -> leaf.copy(edit);
      case Node.Inner inner -> inner.copy(edit);
    };
  }

  private void insert(Node node, byte[] key, V value) {
    switch (node) {
      case Node.Leaf leaf -> insertInLeaf(leaf, key, value);
      case Node.Inner inner -> {
        int child = inner.childFor(key);
        Node below = editable(inner.children[child]);
        inner.children[child] = below;
        insert(below, key, value);
        inner.recount(child);
        Node right = splitNode;
        if (right != null) {
          splitNode = null;
          insertChild(inner, child + 1, splitKey, right);
        }
      }
    }
  }

  private void insertInLeaf(Node.Leaf leaf, byte[] key, V value) {
    int found = leaf.find(key);
    if (found >= 0) {
      leaf.set(found, value);
      return;
    }
    int at = -found - 1;
    if (leaf.size < Node.CAPACITY) {
      leaf.insert(at, key, value);
      return;
    }
    Node.Leaf right = leaf.splitAt(splitPoint(at));
    if (at <= leaf.size) {
      leaf.insert(at, key, value);
    } else {
      right.insert(at - leaf.size, key, value);
    }
    splitNode = right;
    splitKey = right.keys[0];
  }

  private void insertChild(Node.Inner inner, int at, byte @Nullable [] key, Node child) {
    if (inner.size < Node.CAPACITY) {
      inner.insert(at, key, child);
      return;
    }
    Node.Inner right = inner.splitAt(splitPoint(at));
    byte[] divider = right.keys[0];
    if (at <= inner.size) {
      inner.insert(at, key, child);
    } else {
      right.insert(at - inner.size, key, child);
    }
    splitNode = right;
    splitKey = divider;
  }

  /** Half, or most of it when keys arrive in ascending order, which would otherwise leave every node half empty. */
  private static int splitPoint(int at) {
    return at == Node.CAPACITY ? Node.CAPACITY * 7 / 8 : Node.CAPACITY / 2;
  }

  private void delete(Node node, byte[] key) {
    switch (node) {
      case Node.Leaf leaf -> leaf.remove(leaf.find(key));
      case Node.Inner inner -> {
        int child = inner.childFor(key);
        Node below = editable(inner.children[child]);
        inner.children[child] = below;
        delete(below, key);
        inner.recount(child);
        if (below.size == 0) {
          inner.remove(child);
        } else if (below.size < Node.SPARSE) {
          if (child > 0 && fits(inner, child - 1)) {
            merge(inner, child - 1);
          } else if (child + 1 < inner.size && fits(inner, child)) {
            merge(inner, child);
          }
        }
      }
    }
  }

  private static boolean fits(Node.Inner inner, int left) {
    return inner.children[left].size + inner.children[left + 1].size <= Node.CAPACITY * 3 / 4;
  }

  private void merge(Node.Inner inner, int left) {
    Node target = editable(inner.children[left]);
    inner.children[left] = target;
    Node source = inner.children[left + 1];
    if (target instanceof Node.Leaf leaf && source instanceof Node.Leaf right) {
      leaf.append(right);
    } else if (target instanceof Node.Inner parent && source instanceof Node.Inner right) {
      parent.append(inner.keys[left + 1], right);
    } else {
      throw new IllegalStateException("children of different heights");
    }
    inner.remove(left + 1);
    inner.recount(left);
  }
}
