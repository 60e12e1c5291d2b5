package dev.kvorum.apiserver.crd.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a value has to be besides its type. What a schema does not say is null, empty or false.
 *
 * @param pattern as written
 * @param compiledPattern null if there is no pattern or it cannot be compiled
 * @param patternError why it cannot be compiled; null if it can
 */
public record Bounds(
    String format,
    @Nullable Double maximum,
    boolean exclusiveMaximum,
    @Nullable Double minimum,
    boolean exclusiveMinimum,
    @Nullable Double multipleOf,
    @Nullable Long maxLength,
    @Nullable Long minLength,
    String pattern,
    @Nullable Pattern compiledPattern,
    @Nullable String patternError,
    @Nullable Long maxItems,
    @Nullable Long minItems,
    boolean uniqueItems,
    @Nullable Long maxProperties,
    @Nullable Long minProperties,
    List<JsonNode> enumValues,
    List<String> required) {}
