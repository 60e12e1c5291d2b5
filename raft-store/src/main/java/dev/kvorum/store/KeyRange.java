package dev.kvorum.store;

/**
 * A set of neighbouring keys, as etcd's requests name it (etcd v3 API: {@code key}, {@code range_end}).
 *
 * <table>
 * <caption>How a pair selects keys</caption>
 * <tr><th>range end</th><th>keys</th></tr>
 * <tr><td>empty</td><td>exactly {@code key}</td></tr>
 * <tr><td>one zero byte</td><td>every key at or after {@code key}</td></tr>
 * <tr><td>anything else</td><td>{@code key <= k < rangeEnd}; nothing when {@code key >= rangeEnd}</td></tr>
 * </table>
 *
 * @param key the first key; empty is possible here and refused where a request may not have it
 * @param rangeEnd see the table
 */
public record KeyRange(Bytes key, Bytes rangeEnd) {
  /** Every key there is. */
  public static final KeyRange ALL = new KeyRange(Bytes.ZERO, Bytes.ZERO);

  /** Exactly {@code key}. */
  public static KeyRange single(Bytes key) {
    return new KeyRange(key, Bytes.EMPTY);
  }

  /** The keys that begin with {@code prefix}; every key when it is empty. */
  public static KeyRange prefix(Bytes prefix) {
    return prefix.isEmpty() ? ALL : new KeyRange(prefix, prefixEnd(prefix));
  }

  /** Every key at or after {@code key}. */
  public static KeyRange from(Bytes key) {
    return new KeyRange(key, Bytes.ZERO);
  }

  /** The first key after all that begin with {@code prefix}; {@link Bytes#ZERO} when there is none. */
  public static Bytes prefixEnd(Bytes prefix) {
    for (int last = prefix.length() - 1; last >= 0; last--) {
      if (prefix.at(last) != (byte) 0xff) {
        byte[] end = prefix.slice(0, last + 1).toByteArray();
        end[last]++;
        return Bytes.wrap(end);
      }
    }
    return Bytes.ZERO;
  }

  public boolean isSingle() {
    return rangeEnd.isEmpty();
  }

  /** Whether the range has no upper bound. */
  public boolean isOpenEnded() {
    return rangeEnd.length() == 1 && rangeEnd.at(0) == 0;
  }

  /** Whether no key can be in the range. */
  public boolean isEmpty() {
    return !isSingle() && !isOpenEnded() && key.compareTo(rangeEnd) >= 0;
  }

  public boolean contains(Bytes candidate) {
    if (isSingle()) {
      return candidate.equals(key);
    }
    return candidate.compareTo(key) >= 0 && (isOpenEnded() || candidate.compareTo(rangeEnd) < 0);
  }
}
