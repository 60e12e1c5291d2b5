package dev.kvorum.apiserver.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.storage.Change;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change with what was made of it, each once for all watchers. For all threads; two that need the same form at the same
 * moment may both make it, and one is kept.
 */
final class CachedChange {
  private record View(Encoding encoding, boolean previous, ObjectNode object) {}

  @SuppressWarnings("ArrayRecordComponent") // a carrier; never compared
  private record Frame(Encoding encoding, EventType type, byte[] bytes) {}

  private final Change change;
  private final String namespace;
  private final String name;
  private final StoredObjects objects;
  private volatile List<View> views = List.of();
  private volatile List<Frame> frames = List.of();

  /**
   * Keeps a change.
   *
   * @param prefix what the keys of the resource begin with
   */
  CachedChange(Change change, String prefix, StoredObjects objects) {
    this.change = change;
    this.objects = objects;
    String key = change.key().toUtf8().substring(prefix.length());
    int slash = key.indexOf('/');
    namespace = slash < 0 ? "" : key.substring(0, slash);
    name = key.substring(slash + 1);
  }

  long revision() {
    return change.revision();
  }

  String namespace() {
    return namespace;
  }

  String name() {
    return name;
  }

  boolean isCreation() {
    return change.created();
  }

  boolean isDeletion() {
    return change.value() == null;
  }

  /** Whether it is known what was there before, as far as there was anything. */
  boolean knowsPrevious() {
    return change.created() || change.previous() != null;
  }

  /** Roughly how much memory it holds. */
  long bytes() {
    return 200L
        + (change.value() == null ? 0 : change.value().length())
        + (change.previous() == null ? 0 : change.previous().length());
  }

  /**
   * The object after the change, or before it; null if there is none. Both with the revision of the change: that is what a
   * deletion is told with.
   */
  @Nullable
  ObjectNode object(Encoding encoding, boolean previous) {
    for (View view : views) {
      if (view.previous == previous && view.encoding.equals(encoding)) {
        return view.object;
      }
    }
    var value = previous ? change.previous() : change.value();
    if (value == null) {
      return null;
    }
    ObjectNode object = encoding.view(objects.read(change.key(), value, change.revision()));
    views = with(views, new View(encoding, previous, object));
    return object;
  }

  /** The event as it is sent. */
  byte[] frame(Encoding encoding, EventType type, ObjectNode object) {
    for (Frame frame : frames) {
      if (frame.type == type && frame.encoding.equals(encoding)) {
        return frame.bytes;
      }
    }
    byte[] bytes = encoding.event(type, object, false);
    frames = with(frames, new Frame(encoding, type, bytes));
    return bytes;
  }

  private static <T> List<T> with(List<T> list, T one) {
    List<T> longer = new ArrayList<>(list.size() + 1);
    longer.addAll(list);
    longer.add(one);
    return List.copyOf(longer);
  }
}
