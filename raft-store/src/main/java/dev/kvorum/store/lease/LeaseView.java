package dev.kvorum.store.lease;

import dev.kvorum.store.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The leases as they were after one log entry. Immutable and thread-safe. */
public interface LeaseView {
  /** How many leases there are. */
  int size();

  /** The lease, or null if there is none. */
  @Nullable
  Lease get(long id);

  /** All leases, by ascending unsigned id. */
  List<Lease> all();

  /** The keys attached to a lease, ascending; none if there is no such lease. */
  List<Bytes> keys(long id);

  /** The first key at or after {@code from} that is attached to a lease; null if there is none or no such lease. */
  @Nullable
  Bytes firstKey(long id, Bytes from);
}
