package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;

/** How the objects of one resource are written, in the version of one path. For all threads. */
public interface Form {

  /**
   * Makes an object regular that a client has written, or that came of a patch: without fields that nobody knows, with
   * values as they are stored, and with what the API fills in.
   *
   * @param object may be changed
   * @param strictErrors is told of what is dropped
   * @throws dev.kvorum.apiserver.status.StatusException if it is none of this kind
   */
  ObjectNode regular(ObjectNode object, Consumer<String> strictErrors);

  /**
   * The same for an object that comes from a body and has been read as its kind says already.
   *
   * @param object may be changed
   */
  ObjectNode complete(ObjectNode object, Consumer<String> strictErrors);

  /** What an object is of which nothing is said: what the API writes of it all the same. In the version of the path. */
  ObjectNode blank();

  /**
   * An object in the version in which it is stored.
   *
   * @param object regular, in the version of the path; may be changed
   */
  ObjectNode toStored(ObjectNode object);

  /**
   * An object in the version of the path.
   *
   * @param stored as it is stored; may be changed
   */
  ObjectNode fromStored(ObjectNode stored);
}
