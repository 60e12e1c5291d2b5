package dev.kvorum.store.lease;

import dev.kvorum.store.Bytes;
import dev.kvorum.store.tree.SortedTree;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A published state of a {@link LeaseTable}. */
record TreeLeaseView(
    SortedTree<LeaseTable.Entry> leases, SortedTree<LeaseTable.Attachment> attachments)
    implements LeaseView {
  @Override
  public int size() {
    return leases.count();
  }

  @Override
  public @Nullable Lease get(long id) {
    return LeaseTable.lease(leases, id);
  }

  @Override
  public List<Lease> all() {
    List<Lease> all = new ArrayList<>(leases.count());
    SortedTree.Cursor<LeaseTable.Entry> cursor = leases.cursor(new byte[0], null);
    while (cursor.next()) {
      all.add(cursor.value().lease());
    }
    return all;
  }

  @Override
  public List<Bytes> keys(long id) {
    return LeaseTable.keys(attachments, id).stream().map(Bytes::wrap).toList();
  }

  @Override
  public @Nullable Bytes firstKey(long id, Bytes from) {
    return LeaseTable.firstKey(attachments, id, from);
  }
}
