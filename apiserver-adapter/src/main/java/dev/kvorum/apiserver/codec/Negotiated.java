package dev.kvorum.apiserver.codec;

/**
 * What a client gets.
 *
 * @param transform what is made of the objects before they are written
 * @param pretty for people; only {@link MediaType#JSON} makes a difference of it
 */
public record Negotiated(MediaType type, Transform transform, boolean pretty) {}
