package dev.kvorum.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What came of a write.
 *
 * @param object as it is now, in the version of the path
 * @param created whether there was none before
 */
public record Written(ObjectNode object, boolean created) {}
