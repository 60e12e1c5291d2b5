package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What came of a deletion.
 *
 * @param object its last state, or, if it is held, as it is held; in the version of the path
 * @param gone whether it is not there any more
 */
public record Deleted(ObjectNode object, boolean gone) {}
