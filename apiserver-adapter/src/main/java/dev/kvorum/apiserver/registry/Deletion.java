package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.schema.GroupResource;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.ObjectStore.Outcome;
import dev.kvorum.apiserver.storage.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes objects: at once, or by marking those that finalizers hold or that end gracefully (Kubernetes API, "Object
 * deletion").
 */
final class Deletion {
  private final BlockingStore store;
  private final boolean collected;

  /**
   * Makes one.
   *
   * @param collected whether somebody looks after the dependents of deleted objects: only then may they hold them
   */
  Deletion(BlockingStore store, boolean collected) {
    this.store = store;
    this.collected = collected;
  }

  /** What a deletion does to an object as it stands. */
  private sealed interface Step {
    /** It goes. */
    record Remove() implements Step {}

    /** It stays as it is, for now. */
    record Leave() implements Step {}

    /**
     * It is marked.
     *
     * @param thenGone whether it goes right after that
     */
    record Mark(ObjectNode object, boolean thenGone) implements Step {}
  }

  Deleted delete(Target target, DeleteOptions options, Change change) {
    List<FieldError> errors = options.check();
    if (!errors.isEmpty()) {
      throw new StatusException(
          Status.invalid(DeleteOptions.GROUP.kind("DeleteOptions"), "", errors));
    }
    Stored stored = store.get(target.key()).object();
    while (stored != null) {
      ObjectNode object = StoredJson.read(stored);
      checkPreconditions(target, options, object);
      Status refusal = target.resource().strategy().refuseDelete(object);
      if (refusal != null) {
        throw new StatusException(refusal);
      }
      Outcome outcome;
      ObjectNode last;
      boolean gone;
      switch (step(target, object.deepCopy(), options, change.now())) {
        case Step.Leave leave -> {
          return new Deleted(target.resource().form().fromStored(object), false);
        }
        case Step.Remove remove -> {
          last = object;
          gone = true;
          outcome = remove(target, stored, change);
        }
        case Step.Mark mark -> {
          last = mark.object;
          gone = mark.thenGone;
          outcome = gone ? remove(target, stored, change) : mark(target, stored, last, change);
        }
      }
      if (outcome.done()) {
        if (outcome.object() == null && !change.dryRun()) {
          Metadata.setRevision(last, outcome.revision());
        }
        return new Deleted(target.resource().form().fromStored(last), gone);
      }
      stored = outcome.object();
    }
    throw target.notFound();
  }

  private Outcome remove(Target target, Stored stored, Change change) {
    return change.dryRun()
        ? new Outcome(true, stored, stored.revision())
        : store.delete(target.key(), stored.revision());
  }

  private Outcome mark(Target target, Stored stored, ObjectNode marked, Change change) {
    if (change.dryRun() || Trees.same(marked, StoredJson.read(stored))) {
      return new Outcome(true, stored, stored.revision());
    }
    Outcome outcome = store.update(target.key(), stored.revision(), StoredJson.write(marked), 0);
    if (outcome.done()) {
      Metadata.setRevision(marked, outcome.revision());
    }
    return outcome;
  }

  private static void checkPreconditions(Target target, DeleteOptions options, ObjectNode object) {
    String why = null;
    if (options.uid() != null && !options.uid().equals(Metadata.uid(object))) {
      why = "the UID in the precondition (" + options.uid()
          + ") does not match the UID in record (" + Metadata.uid(object)
          + "). The object might have been deleted and then recreated";
    } else if (options.resourceVersion() != null
        && !options.resourceVersion().equals(Metadata.resourceVersion(object))) {
      why = "the ResourceVersion in the precondition (" + options.resourceVersion()
          + ") does not match the ResourceVersion in record ("
          + Metadata.resourceVersion(object) + "). The object might have been modified";
    }
    if (why != null) {
      // The API names the kind here, where it names the resource elsewhere.
      GroupResource kind = new GroupResource(
          target.resource().kind().group(), target.resource().kind().kind());
      throw new StatusException(Status.conflict(kind, target.name(), why));
    }
  }

  private Step step(Target target, ObjectNode object, DeleteOptions options, Instant now) {
    Long asked = options.grace();
    boolean graceful = false;
    long grace = 0;
    if (Metadata.isTerminating(object)) {
      long left = Metadata.of(object).path("deletionGracePeriodSeconds").asLong(0);
      if (left != 0) {
        if (asked == null || asked >= left) {
          return new Step.Leave();
        }
        grace = shorten(object, left, asked, now);
        graceful = true;
      }
    } else {
      grace = target.resource().strategy().graceSeconds(object, asked == null ? -1 : asked);
      if (grace > 0) {
        begin(object, grace, now);
        graceful = true;
      }
    }
    target.resource().strategy().prepareForDelete(object);
    List<String> finalizers = finalizers(object, options);
    Metadata.setFinalizers(object, finalizers);
    if (graceful) {
      return new Step.Mark(object, grace == 0 && finalizers.isEmpty());
    }
    if (finalizers.isEmpty() && target.resource().strategy().mayGo(object)) {
      return new Step.Remove();
    }
    hold(object, now);
    return new Step.Mark(object, false);
  }

  /** Sets when a graceful deletion will end. */
  private static void begin(ObjectNode object, long grace, Instant now) {
    ObjectNode metadata = Metadata.in(object);
    metadata.put("deletionTimestamp", Metadata.time(now.plusSeconds(grace)));
    metadata.put("deletionGracePeriodSeconds", grace);
    countOn(object);
  }

  private static long shorten(ObjectNode object, long left, long asked, Instant now) {
    Instant end = Instant.parse(Metadata.text(object, "deletionTimestamp"))
        .minusSeconds(left)
        .plusSeconds(asked);
    long grace = asked;
    if (end.isBefore(now)) {
      end = now;
      grace = asked == 0 ? 0 : 1; // somebody still has to end it
    }
    ObjectNode metadata = Metadata.in(object);
    metadata.put("deletionTimestamp", Metadata.time(end));
    metadata.put("deletionGracePeriodSeconds", grace);
    return grace;
  }

  /** Marks an object that something holds, for as long as it does. */
  private static void hold(ObjectNode object, Instant now) {
    if (!Metadata.isTerminating(object)) {
      countOn(object);
    }
    ObjectNode metadata = Metadata.in(object);
    String end = Metadata.text(object, "deletionTimestamp");
    if (end.isEmpty() || Instant.parse(end).isAfter(now)) {
      metadata.put("deletionTimestamp", Metadata.time(now));
    }
    metadata.put("deletionGracePeriodSeconds", 0);
  }

  private static void countOn(ObjectNode object) {
    long generation = Metadata.generation(object);
    if (generation > 0) {
      Metadata.in(object).put("generation", generation + 1);
    }
  }

  /** What holds the object from now on: also its dependents, if the client wants something done with them. */
  private List<String> finalizers(JsonNode object, DeleteOptions options) {
    List<String> before = Metadata.finalizers(object);
    if (!collected) {
      return before;
    }
    List<String> after = new ArrayList<>(before);
    after.remove(MetadataRules.ORPHAN);
    after.remove(MetadataRules.FOREGROUND);
    if (holds(options, "Orphan", before.contains(MetadataRules.ORPHAN))) {
      after.add(MetadataRules.ORPHAN);
    }
    if (holds(options, "Foreground", before.contains(MetadataRules.FOREGROUND))) {
      after.add(MetadataRules.FOREGROUND);
    }
    return after;
  }

  private static boolean holds(DeleteOptions options, String policy, boolean already) {
    if (options.orphanDependents() != null) {
      return options.orphanDependents() && policy.equals("Orphan");
    }
    return options.propagation() == null ? already : options.propagation().equals(policy);
  }
}
