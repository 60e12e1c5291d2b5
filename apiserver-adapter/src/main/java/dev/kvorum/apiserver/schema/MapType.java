package dev.kvorum.apiserver.schema;

/** A map whose keys are strings that an object's author chooses. */
public record MapType(Type values, MapMerging merging) implements Type {}
