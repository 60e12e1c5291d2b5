package dev.kvorum.apiserver.server;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kvorum.apiserver.codec.BodyDecoder;
import dev.kvorum.apiserver.codec.CodecException;
import dev.kvorum.apiserver.codec.Decoded;
import dev.kvorum.apiserver.registry.Form;
import dev.kvorum.apiserver.schema.GroupVersion;
import dev.kvorum.apiserver.schema.GroupVersionKind;
import dev.kvorum.apiserver.status.StatusException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Objects of a built-in kind: as their schema says, with what the API fills in. */
final class BuiltInForm implements Form {
  private final BodyDecoder decoder;
  private final GroupVersionKind kind;
  private final GroupVersion stored;
  private final Consumer<ObjectNode> defaults;

  /** Made when it is first asked for, and the same whoever makes it. */
  private volatile @Nullable ObjectNode blank;

  /**
   * Makes one.
   *
   * @param kind in the version of the path
   * @param stored the version in which objects are stored
   * @param defaults fills in what is missing, in the version of the path
   */
  BuiltInForm(
      BodyDecoder decoder,
      GroupVersionKind kind,
      GroupVersion stored,
      Consumer<ObjectNode> defaults) {
    this.decoder = decoder;
    this.kind = kind;
    this.stored = stored;
    this.defaults = defaults;
  }

  @Override
  public ObjectNode regular(ObjectNode object, Consumer<String> strictErrors) {
    try {
      Decoded decoded = decoder.decode(object, kind);
      decoded.strictErrors().forEach(strictErrors);
      return complete(decoded.object(), strictErrors);
    } catch (CodecException e) {
      throw new StatusException(e.status());
    }
  }

  @Override
  public ObjectNode complete(ObjectNode object, Consumer<String> strictErrors) {
    defaults.accept(object);
    return object;
  }

  @Override
  public ObjectNode blank() {
    ObjectNode made = blank;
    if (made == null) {
      made = makeBlank();
      blank = made;
    }
    return made.deepCopy();
  }

  private ObjectNode makeBlank() {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    object.put("kind", kind.kind());
    object.put("apiVersion", kind.apiVersion());
    try {
      return decoder.decode(object, kind).object();
    } catch (CodecException e) {
      throw new IllegalStateException("an object of which nothing is said is regular", e);
    }
  }

  @Override
  public ObjectNode toStored(ObjectNode object) {
    object.put("apiVersion", stored.toString());
    return object;
  }

  @Override
  public ObjectNode fromStored(ObjectNode object) {
    object.put("kind", kind.kind());
    object.put("apiVersion", kind.apiVersion());
    return object;
  }
}
