package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is particular to the objects of one resource. Objects come in the version in which they are stored, whole, with the
 * metadata that the server sets already in them. For all threads.
 */
public interface Strategy {

  /** What a name must be. */
  interface NameRule {
    /**
     * What is wrong with a name; nothing if it is good.
     *
     * @param prefix whether more characters will follow, so that it may end as no name may
     */
    List<String> check(String name, boolean prefix);
  }

  /**
   * Facts about the resource.
   *
   * @param numbered whether objects count the changes of what is wanted, in {@code metadata.generation}
   * @param keepsStatus whether a new object may come with a status, though that has a path of its own
   * @param createOnUpdate whether replacing an object that is not there adds it
   * @param unconditionalUpdate whether an object may be replaced without saying which state of it
   * @param returnsDeleted whether deletion answers with the object
   * @param annotationsCount whether a change of the annotations is counted as well
   * @param statusKeepsLabels whether a write of the status leaves the labels as they are
   */
  record Traits(
      boolean numbered,
      boolean keepsStatus,
      boolean createOnUpdate,
      boolean unconditionalUpdate,
      boolean returnsDeleted,
      boolean statusKeepsLabels,
      boolean annotationsCount) {}

  Traits traits();

  NameRule nameRule();

  /** Fills in what the server decides for a new object. */
  default void prepareForCreate(ObjectNode object, Change change) {}

  /** Takes back what an update may not change, and follows up what it has changed. */
  default void prepareForUpdate(ObjectNode object, ObjectNode old, Change change) {}

  /** What is wrong with an object, apart from its metadata. */
  default List<FieldError> validate(ObjectNode object) {
    return List.of();
  }

  /** What is wrong with an object in place of another. */
  default List<FieldError> validateUpdate(ObjectNode object, ObjectNode old) {
    return validate(object);
  }

  /** What is wrong with an object with another status than before. */
  default List<FieldError> validateStatusUpdate(ObjectNode object, ObjectNode old) {
    return List.of();
  }

  /**
   * For how long the object is kept when it is deleted, so that somebody can end what it stands for.
   *
   * @param asked by the client; negative if it did not say
   * @return in seconds; 0 if it goes at once
   */
  default long graceSeconds(ObjectNode object, long asked) {
    return 0;
  }

  /** For how long an object lives, in seconds; 0 for ever. */
  default long timeToLiveSeconds(ObjectNode object) {
    return 0;
  }

  /** Marks an object that is deleted, beside what is marked of all; it may have been before. What holds it may be added. */
  default void prepareForDelete(ObjectNode object) {}

  /** What prevents a deletion; null if nothing does. */
  default @Nullable Status refuseDelete(ObjectNode object) {
    return null;
  }

  /** Whether nothing but finalizers holds an object that was deleted. */
  default boolean mayGo(ObjectNode object) {
    return true;
  }
}
