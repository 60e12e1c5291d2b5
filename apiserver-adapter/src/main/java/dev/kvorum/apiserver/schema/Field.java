package dev.kvorum.apiserver.schema;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A field of an object.
 *
 * @param name in JSON
 * @param required an object without it is not valid
 * @param pointer the API tells a zero value ({@code ""}, 0, false, an empty object) from none
 * @param alwaysWritten the API writes it even if it has its zero value
 * @param defaultValue as the schema has it: the value of a missing key of a list's element for server-side apply, and for
 *     fields that are always written their zero value. What the API server fills in is more than this; null if none
 * @param patch null if a strategic merge patch treats it like any other
 */
public record Field(
    String name,
    Type type,
    boolean required,
    boolean pointer,
    boolean alwaysWritten,
    @Nullable JsonNode defaultValue,
    @Nullable PatchRule patch) {}
