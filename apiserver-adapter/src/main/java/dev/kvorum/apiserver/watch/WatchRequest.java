package dev.kvorum.apiserver.watch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants to be told of.
 *
 * @param namespace empty for the objects of all
 * @param name of the one object; empty for all
 * @param filter which objects, in the version that the client asked for; null for all of them
 * @param bookmarks whether it wants to know now and then how far it has come
 */
public record WatchRequest(
    String namespace,
    String name,
    @Nullable Predicate<ObjectNode> filter,
    Encoding encoding,
    boolean bookmarks) {}
