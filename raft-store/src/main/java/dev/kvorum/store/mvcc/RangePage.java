package dev.kvorum.store.mvcc;

import dev.kvorum.store.KeyRange;
import dev.kvorum.store.KeyValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a range, in key order.
 *
 * @param keyValues must not be changed
 * @param rest the part of the range not read yet; null when the range is exhausted
 */
public record RangePage(List<KeyValue> keyValues, @Nullable KeyRange rest) {}
