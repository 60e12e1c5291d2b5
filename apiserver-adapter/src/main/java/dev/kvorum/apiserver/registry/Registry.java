package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.codec.FieldValidation;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.Stored;
import dev.kvorum.store.Bytes;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The verbs, for the objects of every resource. Calls wait for the store; they throw a {@link StatusException} for what is
 * refused, and a {@link dev.kvorum.apiserver.storage.StorageException} for what the store cannot do. For all threads.
 */
public final class Registry {
  /** A patch that another client gets in the way of is tried so often. */
  private static final int PATCH_TRIES = 6;

  private final Reading reading;
  private final Creation creation;
  private final Updating updating;
  private final Deletion deletion;

  /**
   * Makes one.
   *
   * @param collected whether somebody looks after the dependents of deleted objects
   */
  public Registry(BlockingStore store, boolean collected) {
    reading = new Reading(store);
    creation = new Creation(store, new Namespaces(store), new SecureRandom());
    updating = new Updating(store, creation);
    deletion = new Deletion(store, collected);
  }

  /**
   * Reads an object.
   *
   * @param resourceVersion an object not older than this is wanted; empty for whatever is there
   */
  public ObjectNode get(Target target, String resourceVersion) {
    return reading.get(target, resourceVersion);
  }

  /**
   * Reads a page of a list.
   *
   * @param namespace empty for the objects of all
   */
  public Listed list(Resource resource, String namespace, ListOptions options) {
    return reading.list(resource, namespace, options);
  }

  /** Whether selectors let an object pass, which is in the version of the path. */
  public static boolean matches(Resource resource, ListOptions options, ObjectNode object) {
    return Reading.matches(resource, options, object);
  }

  /** A resource version as a number; 0 if it is empty. */
  public static long revision(String resourceVersion) {
    return Reading.version(resourceVersion, false);
  }

  /** Reads an object as it is stored, in the version in which it is. */
  public static ObjectNode stored(Bytes key, Bytes value, long revision) {
    return StoredJson.read(new Stored(key, value, revision));
  }

  /**
   * Adds an object.
   *
   * @param namespace empty for an object that is in none
   * @param object regular, in the version of the path; is changed
   * @return as it is stored, in the version of the path
   */
  public ObjectNode create(Resource resource, String namespace, ObjectNode object, Change change) {
    return creation.create(resource, namespace, object, change);
  }

  /**
   * Replaces an object, or the part of it that a subresource is.
   *
   * @param object regular, in the version of the path
   */
  public Written replace(Target target, ObjectNode object, Change change) {
    String name = Metadata.name(object);
    if (!name.isEmpty() && !name.equals(target.name())) {
      throw new StatusException(Status.badRequest("the name of the object (" + name
          + ") does not match the name on the URL (" + target.name() + ")"));
    }
    Creation.placeIn(target.resource(), target.namespace(), object);
    boolean create =
        target.subresource().isEmpty() && target.resource().strategy().traits().createOnUpdate();
    Updating.Terms terms =
        new Updating.Terms(create, Metadata.uid(object), Updating.Terms.REPLACE.tries());
    return updating.update(
        target,
        current -> Owners.updated(
            target,
            current == null ? target.resource().form().blank() : current,
            object.deepCopy(),
            change),
        terms,
        change);
  }

  /** Changes an object as a patch says. */
  public Written patch(Target target, Patch patch, FieldValidation validation, Change change) {
    boolean create = patch instanceof Patch.Apply && target.subresource().isEmpty();
    return updating.update(
        target,
        new Patching(target, patch, validation, change),
        new Updating.Terms(create, "", PATCH_TRIES),
        change);
  }

  /**
   * Changes an object in a way of the server's own.
   *
   * @param updater from and to the version of the path
   */
  public Written update(Target target, UnaryOperator<ObjectNode> updater, Change change) {
    return updating.update(
        target,
        current -> {
          if (current == null) {
            throw target.notFound();
          }
          return Owners.updated(target, current, updater.apply(current.deepCopy()), change);
        },
        Updating.Terms.REPLACE,
        change);
  }

  public Deleted delete(Target target, DeleteOptions options, Change change) {
    return deletion.delete(target, options, change);
  }

  /**
   * Deletes the objects of a list, each by itself.
   *
   * @return those that were there, as each is now or last was
   */
  public Listed deleteCollection(
      Resource resource,
      String namespace,
      ListOptions which,
      DeleteOptions options,
      Change change) {
    Listed page = reading.list(resource, namespace, which);
    List<ObjectNode> items = new ArrayList<>(page.objects().size());
    for (ObjectNode object : page.objects()) {
      Target target = new Target(resource, Metadata.namespace(object), Metadata.name(object), "");
      try {
        deletion.delete(target, options, change);
      } catch (StatusException e) {
        if (e.status().code() != 404) {
          throw e;
        }
      }
      items.add(object);
    }
    return new Listed(items, page.revision(), page.next(), page.remaining());
  }
}
