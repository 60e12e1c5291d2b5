package dev.kvorum.store.auth;

import dev.kvorum.store.Bytes;
import org.jspecify.annotations.Nullable;

/** Which keys hang on which lease, in the state that a decision is about. */
public interface LeaseKeys {
  /** The first key at or after {@code from} that hangs on the lease; null if there is none or no such lease. */
  @Nullable
  Bytes firstKey(long lease, Bytes from);

  /** The ids of all leases. */
  Iterable<Long> ids();
}
