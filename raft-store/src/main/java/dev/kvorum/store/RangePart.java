package dev.kvorum.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Neighbouring keys of a range that is read part by part.
 *
 * @param keyValues in ascending key order; at least one unless this is the last part; must not be changed
 * @param end what is known once all is read; null when more parts follow
 */
public record RangePart(List<KeyValue> keyValues, @Nullable End end) {
  /**
   * What the last part says of the whole.
   *
   * @param revision the store's revision when the first part was read
   * @param more whether the limit cut something off
   * @param count keys in the range at the revision read, whatever the limit says
   */
  public record End(long revision, boolean more, long count) {}
}
