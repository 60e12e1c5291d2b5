package dev.kvorum.apiserver.schema;

import org.jspecify.annotations.Nullable;

/** A value without parts that have types of their own. */
public enum Leaf implements Type {
  STRING("string"),
  BOOLEAN("bool"),
  INT32("int32"),
  INT64("int64"),
  DOUBLE("double"),
  /** Base64 in JSON. */
  BYTES("bytes"),
  /** An amount with a suffix: a string in JSON, where a number is accepted too. */
  QUANTITY("quantity"),
  INT_OR_STRING("intOrString"),
  /** RFC 3339 in whole seconds. */
  TIME("time"),
  /** RFC 3339 in microseconds. */
  MICRO_TIME("microTime"),
  /** As Go writes it: {@code 1h2m3.5s}. */
  DURATION("duration"),
  /** Any object, of a kind that is not known here. */
  RAW_EXTENSION("rawExtension"),
  /** Anything JSON can say. */
  JSON("json"),
  /** The set of fields that a manager owns. */
  FIELDS_V1("fieldsV1"),
  /** In the schema of a custom resource: a schema, or a list of them. */
  SCHEMA_OR_ARRAY("schemaOrArray"),
  /** In the schema of a custom resource: a schema, or true or false. */
  SCHEMA_OR_BOOL("schemaOrBool"),
  /** In the schema of a custom resource: a schema, or a list of names. */
  SCHEMA_OR_STRINGS("schemaOrStrings");

  /** As it is called in the tables. */
  private final String word;

  Leaf(String word) {
    this.word = word;
  }

  static @Nullable Leaf ofWord(String word) {
    for (Leaf leaf : values()) {
      if (leaf.word.equals(word)) {
        return leaf;
      }
    }
    return null;
  }
}
