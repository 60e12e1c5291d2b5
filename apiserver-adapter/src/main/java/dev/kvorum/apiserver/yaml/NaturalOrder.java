package dev.kvorum.apiserver.yaml;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The order of names in which {@code a2} comes before {@code a10}, and what is no letter before letters. */
final class NaturalOrder {
  private NaturalOrder() {}

  /** By merging: the order has corners in which it goes in a circle, which the JDK's sorting refuses. */
  static List<String> sorted(Iterator<String> names) {
    List<int[]> keys = new ArrayList<>();
    names.forEachRemaining(name -> keys.add(name.codePoints().toArray()));
    List<String> sorted = new ArrayList<>(keys.size());
    for (int[] key : sorted(keys)) {
      sorted.add(new String(key, 0, key.length));
    }
    return sorted;
  }

  private static List<int[]> sorted(List<int[]> keys) {
    if (keys.size() < 2) {
      return keys;
    }
    int middle = keys.size() / 2;
    List<int[]> left = sorted(keys.subList(0, middle));
    List<int[]> right = sorted(keys.subList(middle, keys.size()));
    List<int[]> merged = new ArrayList<>(keys.size());
    int i = 0;
    int j = 0;
    while (i < left.size() && j < right.size()) {
      merged.add(isLess(right.get(j), left.get(i)) ? right.get(j++) : left.get(i++));
    }
    merged.addAll(left.subList(i, left.size()));
    merged.addAll(right.subList(j, right.size()));
    return merged;
  }

  private static boolean isLess(int[] a, int[] b) {
    for (int i = 0; i < a.length && i < b.length; i++) {
      if (a[i] == b[i]) {
        continue;
      }
      boolean aLetter = Character.isLetter(a[i]);
      boolean bLetter = Character.isLetter(b[i]);
      if (aLetter && bLetter) {
        return a[i] < b[i];
      }
      if (aLetter || bLetter) {
        return bLetter;
      }
      return isLessFrom(a, b, i);
    }
    return a.length < b.length;
  }

  /** Compares the numbers that begin there, or else the characters. */
  private static boolean isLessFrom(int[] a, int[] b, int from) {
    long aNumber = 0;
    long bNumber = 0;
    if (a[from] == '0' || b[from] == '0') {
      for (int j = from - 1; j >= 0 && Character.isDigit(a[j]); j--) {
        if (a[j] != '0') {
          aNumber = 1;
          bNumber = 1;
          break;
        }
      }
    }
    int aEnd = from;
    for (; aEnd < a.length && Character.isDigit(a[aEnd]); aEnd++) {
      aNumber = aNumber * 10 + (a[aEnd] - '0');
    }
    int bEnd = from;
    for (; bEnd < b.length && Character.isDigit(b[bEnd]); bEnd++) {
      bNumber = bNumber * 10 + (b[bEnd] - '0');
    }
    if (aNumber != bNumber) {
      return aNumber < bNumber;
    }
    return aEnd != bEnd ? aEnd < bEnd : a[from] < b[from];
  }
}
