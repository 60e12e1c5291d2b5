package dev.kvorum.apiserver.apply;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kvorum.apiserver.schema.Field;
import dev.kvorum.apiserver.schema.Leaf;
import dev.kvorum.apiserver.schema.ListType;
import dev.kvorum.apiserver.schema.ListType.Identity;
import dev.kvorum.apiserver.schema.MapMerging;
import dev.kvorum.apiserver.schema.MapType;
import dev.kvorum.apiserver.schema.ObjectType;
import dev.kvorum.apiserver.schema.Type;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How server-side apply looks at a value: by its type, or, where the schema says nothing, by the value itself (then maps
 * are shared key by key, and lists have one owner).
 *
 * @param type null where the schema says nothing
 */
record Shape(Kind kind, @Nullable Type type) {
  enum Kind {
    MAP,
    LIST,
    SCALAR
  }

  /** What a scalar has to be. */
  enum ScalarKind {
    NUMBER,
    STRING,
    BOOLEAN,
    ANY
  }

  /**
   * Of a value in a place of that type.
   *
   * @param value null if there is none
   */
  static Shape of(@Nullable Type type, @Nullable JsonNode value) {
    if (type instanceof Leaf leaf && !isUntyped(leaf)) {
      return new Shape(Kind.SCALAR, leaf);
    }
    if (type instanceof ListType) {
      return new Shape(Kind.LIST, type);
    }
    if (type instanceof ObjectType || type instanceof MapType) {
      return new Shape(Kind.MAP, type);
    }
    // The value decides; nothing and null pass for a map.
    if (value == null || value.isNull() || value.isObject()) {
      return new Shape(Kind.MAP, type);
    }
    return new Shape(value.isArray() ? Kind.LIST : Kind.SCALAR, type);
  }

  private static boolean isUntyped(Leaf leaf) {
    return switch (leaf) {
      case RAW_EXTENSION, JSON, FIELDS_V1, SCHEMA_OR_ARRAY, SCHEMA_OR_BOOL, SCHEMA_OR_STRINGS ->
        true;
      default -> false;
    };
  }

  /** Whether it has one owner and is replaced as a whole. */
  boolean isAtomic() {
    return switch (kind) {
      case SCALAR -> true;
      case LIST -> !(type instanceof ListType list) || list.merging().identity() == Identity.ATOMIC;
      case MAP -> isAtomicMap();
    };
  }

  private boolean isAtomicMap() {
    if (type instanceof ObjectType object) {
      return object.merging() == MapMerging.ATOMIC;
    }
    if (type instanceof MapType map) {
      return map.merging() == MapMerging.ATOMIC;
    }
    return type instanceof Leaf leaf && leaf != Leaf.FIELDS_V1;
  }

  /** Whether the schema names such a field. */
  boolean names(String field) {
    return type instanceof ObjectType object && object.field(field) != null;
  }

  /** Whether a field may have that name. */
  boolean allows(String field) {
    return !(type instanceof ObjectType object) || object.open() || object.field(field) != null;
  }

  /** The type of a field's or key's value; null if the schema says nothing. */
  @Nullable
  Type fieldType(String name) {
    if (type instanceof ObjectType object) {
      Field field = object.field(name);
      return field == null ? null : field.type();
    }
    return type instanceof MapType map ? map.values() : null;
  }

  /** The type of elements; null if the schema says nothing. */
  @Nullable
  Type elementType() {
    return type instanceof ListType list ? list.elements() : null;
  }

  /** The shape of a part whose value is not at hand. */
  Shape part(PathElement step) {
    return of(
        step instanceof PathElement.Name field ? fieldType(field.name()) : elementType(), null);
  }

  ScalarKind scalarKind() {
    return type instanceof Leaf leaf
        ? switch (leaf) {
          case STRING, BYTES, DURATION -> ScalarKind.STRING;
          case BOOLEAN -> ScalarKind.BOOLEAN;
          case INT32, INT64, DOUBLE -> ScalarKind.NUMBER;
          default -> ScalarKind.ANY;
        }
        : ScalarKind.ANY;
  }

  /**
   * What identifies an element of this list, which is not atomic.
   *
   * @throws ApplyException if the element has nothing that could
   */
  PathElement elementPath(JsonNode element) throws ApplyException {
    ListType.Merging merging = ((ListType) Objects.requireNonNull(type)).merging();
    return merging.identity() == Identity.SET
        ? setElement(element)
        : keyedElement(merging.keys(), element);
  }

  private static PathElement setElement(JsonNode element) throws ApplyException {
    if (element.isObject()) {
      throw new ApplyException("associative list without keys has an element that's a map type");
    }
    if (element.isArray()) {
      throw new ApplyException("not supported: associative list with lists as elements");
    }
    if (element.isNull()) {
      throw new ApplyException(
          "associative list without keys has an element that's an explicit null");
    }
    return new PathElement.Value(Scalars.canonical(element));
  }

  private PathElement keyedElement(List<String> keys, JsonNode element) throws ApplyException {
    if (element.isNull()) {
      throw new ApplyException("associative list with keys may not have a null element");
    }
    if (!element.isObject()) {
      throw new ApplyException("associative list with keys may not have non-map elements");
    }
    SortedMap<String, JsonNode> fields = new TreeMap<>();
    for (String key : keys) {
      JsonNode value = element.get(key);
      if (value == null && elementType() instanceof ObjectType object) {
        Field field = object.field(key);
        value = field == null ? null : field.defaultValue();
      }
      if (value != null) {
        fields.put(key, Scalars.canonical(value));
      }
    }
    if (fields.isEmpty()) {
      StringBuilder quoted = new StringBuilder();
      keys.forEach(
          key -> quoted.append(quoted.isEmpty() ? "\"" : " \"").append(key).append('"'));
      throw new ApplyException(
          "associative list with keys has an element that omits all key fields [" + quoted
              + "] (and doesn't have default values for any key fields)");
    }
    return new PathElement.Key(fields);
  }
}
