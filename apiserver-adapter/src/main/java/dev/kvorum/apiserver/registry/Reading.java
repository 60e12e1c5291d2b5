package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.kvorum.apiserver.object.Metadata;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.FieldError;
import dev.kvorum.apiserver.status.Status;
import dev.kvorum.apiserver.status.StatusException;
import dev.kvorum.apiserver.storage.BlockingStore;
import dev.kvorum.apiserver.storage.ObjectList;
import dev.kvorum.apiserver.storage.ObjectStore;
import dev.kvorum.apiserver.storage.StorageException;
import dev.kvorum.apiserver.storage.Stored;
import dev.kvorum.store.Bytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads objects and lists (Kubernetes API, "Resource versions"). */
final class Reading {
  private static final GroupVersionKind LIST_OPTIONS =
      new GroupVersion("meta.k8s.io", "v1").kind("ListOptions");

  /** For a list without a limit: so much is read at a time. */
  private static final int CHUNK = 1000;

  /** A client that has seen a newer state than this store waits so long for it. */
  private static final long FUTURE_MILLIS = 3000;

  private static final long FUTURE_STEP_MILLIS = 50;

  private final BlockingStore store;

  Reading(BlockingStore store) {
    this.store = store;
  }

  /**
   * The object as of some moment after the call.
   *
   * @param version an object not older than this is wanted; empty for whatever is there
   */
  ObjectNode get(Target target, String version) {
    long least = version(version, false);
    if (least > 0) {
      awaitRevision(target.key(), least);
    }
    Stored stored = store.get(target.key()).object();
    if (stored == null) {
      throw target.notFound();
    }
    return target.resource().form().fromStored(StoredJson.read(stored));
  }

  /** A resource version as a number; 0 if there is none. */
  static long version(String version, boolean list) {
    try {
      long revision = version.isEmpty() ? 0 : Long.parseUnsignedLong(version);
      if (revision >= 0 && !version.startsWith("+")) {
        return revision;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    String why = "strconv.ParseUint: parsing \"" + version + "\": invalid syntax";
    FieldError error = FieldError.invalid("resourceVersion", TextNode.valueOf(version), why);
    throw new StatusException(
        list
            ? Status.badRequest("invalid resource version: " + error)
            : Status.failure(error.toString()));
  }

  private void awaitRevision(Bytes key, long revision) {
    long end = System.nanoTime() + FUTURE_MILLIS * 1_000_000;
    long current = store.get(key).revision();
    while (current < revision) {
      if (System.nanoTime() > end) {
        throw new StatusException(Status.tooLargeVersion(revision, current));
      }
      try {
        Thread.sleep(FUTURE_STEP_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StatusException(Status.timeout("the client has gone", 0));
      }
      current = store.get(key).revision();
    }
  }

  /** A page of a list. */
  Listed list(Resource resource, String namespace, ListOptions options) {
    check(options);
    long version = version(options.resourceVersion(), true);
    long exact = exactly(options, version);
    if (version > 0) {
      awaitRevision(resource.keys().key(namespace, ""), version);
    }
    String name = options.fields().exact("metadata.name");
    String only = options.fields().exact("metadata.namespace");
    if (only != null && resource.type().namespaced() && namespace.isEmpty()) {
      return collect(resource, only, options, exact, name);
    }
    return collect(resource, namespace, options, exact, name);
  }

  private static void check(ListOptions options) {
    boolean versioned = !options.resourceVersion().isEmpty();
    if (options.match().isEmpty()) {
      if (versioned
          && !options.resourceVersion().equals("0")
          && !options.token().isEmpty()) {
        throw new StatusException(
            Status.badRequest("specifying resource version is not allowed when using continue"));
      }
      return;
    }
    List<FieldError> errors = new ArrayList<>();
    String field = "resourceVersionMatch";
    if (!versioned) {
      errors.add(FieldError.forbidden(
          field, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    }
    if (!options.token().isEmpty()) {
      errors.add(FieldError.forbidden(
          field, "resourceVersionMatch is forbidden when continue is provided"));
    }
    if (!options.match().equals("Exact") && !options.match().equals("NotOlderThan")) {
      errors.add(FieldError.notSupported(
          field, TextNode.valueOf(options.match()), List.of("Exact", "NotOlderThan", "")));
    }
    if (options.match().equals("Exact") && options.resourceVersion().equals("0")) {
      errors.add(FieldError.forbidden(
          field, "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""));
    }
    if (!errors.isEmpty()) {
      throw new StatusException(Status.invalid(LIST_OPTIONS, "", errors));
    }
  }

  /** The revision that a list must have; 0 if any recent one will do. */
  private static long exactly(ListOptions options, long version) {
    boolean legacy = options.match().isEmpty() && options.limit() > 0;
    return options.match().equals("Exact") || legacy ? version : 0;
  }

  private Listed collect(
      Resource resource, String namespace, ListOptions options, long exact, @Nullable String name) {
    if (name != null
        && (!namespace.isEmpty() || !resource.type().namespaced())
        && exact == 0
        && options.token().isEmpty()) {
      return single(resource, namespace, options, name);
    }
    List<ObjectNode> objects = new ArrayList<>();
    String token = options.token();
    long at = exact;
    while (true) {
      long wanted = options.limit() > 0
          ? (options.isSelective() ? CHUNK : options.limit() - objects.size())
          : CHUNK;
      ObjectList page = page(resource, namespace, token.isEmpty() ? at : 0, wanted, token);
      at = page.revision();
      for (int i = 0; i < page.objects().size(); i++) {
        ObjectNode object = read(resource, page.objects().get(i));
        if (!matches(resource, options, object)) {
          continue;
        }
        objects.add(object);
        boolean full = options.limit() > 0 && objects.size() == options.limit();
        boolean last = i == page.objects().size() - 1;
        if (full && !(last && page.next().isEmpty())) {
          return last
              ? new Listed(objects, at, page.next(), options.isSelective() ? 0 : page.remaining())
              : new Listed(
                  objects,
                  at,
                  ObjectStore.tokenAfter(
                      resource.keys(), namespace, at, page.objects().get(i)),
                  0);
        }
      }
      if (page.next().isEmpty()) {
        return new Listed(objects, at, "", 0);
      }
      token = page.next();
    }
  }

  /** Of a list that one name selects, no more than that object is read. */
  private Listed single(Resource resource, String namespace, ListOptions options, String name) {
    var found = store.get(resource.keys().key(namespace, name));
    if (found.object() == null) {
      return new Listed(List.of(), found.revision(), "", 0);
    }
    ObjectNode object = read(resource, found.object());
    return new Listed(
        matches(resource, options, object) ? List.of(object) : List.of(), found.revision(), "", 0);
  }

  private static ObjectNode read(Resource resource, Stored stored) {
    return resource.form().fromStored(StoredJson.read(stored));
  }

  /** Whether selectors let an object pass. */
  static boolean matches(Resource resource, ListOptions options, ObjectNode object) {
    return (options.labels().isEverything() || options.labels().matches(Metadata.labels(object)))
        && (options.fields().isEverything()
            || options.fields().matches(field -> field(resource, object, field)));
  }

  /** A field that a selector names. */
  static String field(Resource resource, ObjectNode object, String field) {
    return switch (field) {
      case "metadata.name" -> Metadata.name(object);
      case "metadata.namespace" -> Metadata.namespace(object);
      default -> resource.fields().value(object, field);
    };
  }

  private ObjectList page(
      Resource resource, String namespace, long revision, long limit, String token) {
    try {
      return store.list(resource.keys(), namespace, revision, limit, token);
    } catch (StorageException e) {
      throw switch (e.kind()) {
        case BAD_CONTINUE_TOKEN ->
          new StatusException(Status.badRequest("invalid continue token: " + e.getMessage()));
        case CONTINUE_EXPIRED ->
          new StatusException(
              Status.expired(String.valueOf(e.getMessage())).withContinue(e.next()));
        case EXPIRED -> new StatusException(Status.expired(String.valueOf(e.getMessage())));
        default -> e;
      };
    }
  }
}
