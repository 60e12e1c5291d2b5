package dev.kvorum.store.apply;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.auth.LeaseKeys;
import dev.kvorum.store.lease.Lease;
import dev.kvorum.store.lease.LeaseTable;
import dev.kvorum.store.lease.LeaseView;
import org.jspecify.annotations.Nullable;

/** Shows leases to those who decide about access. */
final class LeaseKeysOf {
  private LeaseKeysOf() {}

  /** With all changes so far; the writer's alone. */
  static LeaseKeys writer(LeaseTable table) {
    return new LeaseKeys() {
      @Override
      public @Nullable Bytes firstKey(long lease, Bytes from) {
        return table.firstKey(lease, from);
      }

      @Override
      public Iterable<Long> ids() {
        return table.ids();
      }
    };
  }

  /** As published. */
  static LeaseKeys readers(LeaseView view) {
    return new LeaseKeys() {
      @Override
      public @Nullable Bytes firstKey(long lease, Bytes from) {
        return view.firstKey(lease, from);
      }

      @Override
      public Iterable<Long> ids() {
        return view.all().stream().map(Lease::id).toList();
      }
    };
  }
}
