package dev.kvorum.apiserver.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How a client wants to be told. Two that are equal make the same bytes of the same object, which are then shared. For all
 * threads.
 */
public interface Encoding {

  /**
   * The object in the version that the client asked for.
   *
   * @param stored with its resource version; may be changed
   */
  ObjectNode view(ObjectNode stored);

  /**
   * An event as it is sent.
   *
   * @param object in the version that the client asked for; stays as it is
   * @param first whether it is the first one of its watch
   */
  byte[] event(EventType type, ObjectNode object, boolean first);

  /** Whether the first event of a watch looks like the others. */
  boolean alike();

  /**
   * That everything up to a revision has been told.
   *
   * @param initial whether these were the objects that were there at the beginning
   */
  byte[] bookmark(long revision, boolean initial);

  /** That the watch ends because what comes next is not there any more. */
  byte[] expired(String message);
}
