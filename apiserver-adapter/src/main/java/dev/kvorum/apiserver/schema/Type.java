package dev.kvorum.apiserver.schema;

/** What a value in an object may be. Never null itself: whether a field may be missing or null is the field's affair. */
public sealed interface Type permits Leaf, ListType, MapType, ObjectType {}
