package dev.kvorum.apiserver.storage;

import java.util.List;

/** Who is told of changes. Called on the executor of its {@link ChangeStream}, and not concurrently. */
public interface ChangeListener {

  /** Whether more can be taken. While not, nothing is kept for it: it is told later, from history. */
  boolean isReady();

  /**
   * The stream has begun.
   *
   * @param revision of the store: changes after it come as they are made, those before from history
   */
  void started(long revision);

  /**
   * All changes of one or more revisions, in order.
   *
   * @param revision up to which everything has been told now
   */
  void changes(List<Change> changes, long revision);

  /** Everything up to this revision has been told. */
  void progress(long revision);

  /**
   * What would come next has been compacted; nothing follows.
   *
   * @param compactRevision the lowest from which a stream can begin
   */
  void expired(long compactRevision);

  /** The stream cannot go on; nothing follows. Another may be opened where it ended. */
  void failed(String why);
}
